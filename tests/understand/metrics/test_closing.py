"""A closed month can be shown as it was, whatever became known afterwards."""

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.understand.metrics.small_chain import bring, line

from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node
from regulars.know.collect.service import receive
from regulars.know.identities.service import merge_members, unmerge_members
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member
from regulars.understand.metrics.models import ClosedPart
from regulars.understand.metrics.service import (
    Question,
    as_closed,
    ask,
    close_due,
    close_month,
    get_closing,
    get_tree,
    list_children_of,
    month_named,
    open_question,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_chain")]


@pytest.fixture(autouse=True)
def _two_buyers_in_february(small_chain: None) -> None:
    bring(
        "lines",
        line("J1", "2020-01-10", "M1"),
        line("F1", "2020-02-10", "M1"),
        line("F2", "2020-02-11", "M2", cents=2_000),
        line("F3", "2020-02-12", None, cents=300, store="S2"),
        line("M1", "2020-03-10", "M2"),
    )


def february(**where: str) -> Question:
    return ask(HEAD_OFFICE, first="2020-02-01", last="2020-02-29", **where)


def merged_into_one() -> object:
    one, other = Member.objects.order_by("code")
    merge = merge_members(None, one, other)
    load_waiting()
    return merge


def test_months_are_closed_once_three_days_after_they_end() -> None:
    assert [closing.month_on.month for closing in close_due()] == [1, 2]
    assert close_due() == []
    assert get_closing(february()).version == 1
    assert get_closing(ask(HEAD_OFFICE, first="2020-03-01", last="2020-03-31")) is None


def test_nothing_is_closed_while_something_waits() -> None:
    receive("lines", source="test", body={"records": [line("F9", "2020-02-10", "M1")]})
    assert close_due() == []


def test_members_merged_since_and_late_tickets_do_not_change_a_closed_month() -> None:
    before = {org: get_tree(february(org=org)).tree for org in ("", "S1", "S2")}
    close_due()
    merge = merged_into_one()
    bring("lines", line("F4", "2020-02-13", "M1", cents=70))
    now = get_tree(february())
    assert (now.tree.total.buyers, now.net_cents) == (1, 3_370)
    for org, tree in before.items():
        assert get_tree(as_closed(february(org=org))).tree == tree, org
    assert before[""].total.buyers == 2
    unmerge_members(None, merge)
    load_waiting()
    assert get_tree(february()).tree.total.buyers == 2


def test_places_below_and_the_month_before_stand_as_they_were_closed_too() -> None:
    close_due()
    bring("lines", line("J2", "2020-01-11", "M2"), line("F5", "2020-02-13", "M2"))
    whole, places = open_question(as_closed(february()), "org")
    assert (whole.net_cents, whole.before.net_cents) == (3_300, 1_000)
    assert {place.code: place.net_cents for place in places} == {"R1": 3_000, "R2": 300}
    assert sum(place.change_cents for place in places) == whole.change_cents == 2_300
    now, _places = open_question(february(), "org")
    assert (now.net_cents, now.before.net_cents) == (4_300, 2_000)


def test_a_month_that_was_not_closed_stands_beside_it_as_it_is_known_now() -> None:
    close_month(month_named("2020-02"))
    bring("lines", line("J2", "2020-01-11", "M2"))
    told = get_tree(as_closed(february()))
    assert (told.net_cents, told.before.net_cents) == (3_300, 2_000)


def test_closed_once_more_it_has_a_later_version_and_the_first_stays() -> None:
    close_due()
    bring("lines", line("F4", "2020-02-13", "M1", cents=70))
    assert close_month(month_named("2020-02")).version == 2
    assert get_tree(as_closed(february())).net_cents == 3_370
    office = Node.objects.get(kind=Node.Kind.HEAD_OFFICE)
    first = ClosedPart.objects.filter(closing__version=1, closing__month_on="2020-02-01")
    assert sum(part.net_cents for part in first.filter(node=office)) == 3_300


def test_what_was_not_kept_is_refused() -> None:
    close_due()
    for where in ({"category": "Milk"}, {"channel": "store"}):
        with pytest.raises(UserError):
            as_closed(february(**where))
    with pytest.raises(UserError):
        as_closed(ask(HEAD_OFFICE, first="2020-02-01", last="2020-02-10"))
    with pytest.raises(UserError):
        list_children_of(as_closed(february()), "brand")
    for month in ("2020-04", "2020-13", "soon"):
        with pytest.raises(UserError):
            close_month(month_named(month))
