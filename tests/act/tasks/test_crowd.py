"""Twenty people at several hundred leads at once; `make crowd` has 200 at 10,000."""

import pytest
from tests.act.tasks.crowd import bring, check, work

from regulars.act.tasks.models import Lead


@pytest.mark.django_db(transaction=True)
def test_no_lead_has_two_owners_and_none_is_lost() -> None:
    users, leads = bring(people=20, leads=300)
    done = work(users, leads, seed=1, share=0.2)
    check(leads)
    assert done["claim"] > 0
    assert done["claim refused"] > 0
    assert done["close"] == Lead.objects.filter(state="done").count()
