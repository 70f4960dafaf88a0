"""The audit log keeps who did what, when, to what."""

import pytest

from regulars.ground.accounts.models import User
from regulars.ground.audit.service import list_entries, record
from regulars.ground.kit import clock

pytestmark = pytest.mark.django_db


def test_an_entry_tells_who_did_what_to_what_and_when() -> None:
    user = User.objects.create(username="lin", role=User.Role.OPERATIONS)
    before = clock.now()
    record(user, "phone.revealed", "member", 7, store="S1")
    (entry,) = list_entries()
    assert (entry.actor, entry.action) == (user, "phone.revealed")
    assert (entry.subject_type, entry.subject_id) == ("member", "7")
    assert entry.detail == {"store": "S1"}
    assert before <= entry.at <= clock.now()


def test_the_system_itself_acts_as_nobody() -> None:
    record(None, "user.created", "user", 1)
    assert list_entries().get().actor is None


def test_an_entry_outlives_the_user_who_made_it() -> None:
    user = User.objects.create(username="lin", role=User.Role.OPERATIONS)
    record(user, "member.edited", "member", 7)
    user.delete()
    assert list_entries().get().actor is None
