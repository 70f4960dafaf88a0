"""Which stores to visit today, why, and what was promised last time."""

from datetime import date, timedelta

import pytest
from tests.understand.actions.small_chain import Role, finding_at, node, staff_of, user_of

from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.understand.actions import service
from regulars.understand.actions.models import Action, Promise, Visit

pytestmark = pytest.mark.usefixtures("six_stores")


def codes(to_visit: list[service.ToVisit]) -> list[str]:
    return [each.store.code for each in to_visit]


def test_the_three_stores_with_most_at_stake_come_first() -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    for code, cents in (("S0", -10), ("S1", -500), ("S2", -300), ("S3", -400), ("S5", -9_000)):
        finding_at(code, contribution_cents=cents)
    finding_at("S4", contribution_cents=70_000)
    assert codes(service.list_to_visit(scope)) == ["S1", "S3", "S2"]


def test_a_late_action_weighs_as_much_as_it_was_to_bring(six_stores: date) -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1", contribution_cents=-500)
    Action.objects.create(
        node=node("S2"), what="Call them", staff=staff_of("S2", "Hua"), expected_cents=600,
        made_on=date(2020, 4, 1), due_on=six_stores - timedelta(days=4),
    )  # fmt: skip
    (first, second) = service.list_to_visit(scope)
    assert (first.store.code, first.at_stake_cents) == ("S2", 600)
    assert [action.days_late for action in first.late] == [4]
    assert second.store.code == "S1"


def test_whoever_was_visited_this_week_is_left_alone_unless_a_promise_came_due() -> None:
    head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1")
    service.note_visit(
        head, scope, node("S1"), "The shelf is empty", [("fill it", date(2020, 5, 9))]
    )
    assert codes(service.list_to_visit(scope)) == []
    Promise.objects.update(due_on=date(2020, 5, 2))
    (again,) = service.list_to_visit(scope)
    assert [promise.what for promise in again.promises] == ["fill it"]
    assert again.days_since == 0


def test_what_to_ask_follows_from_what_was_found() -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1")
    finding_at("S1", factor="units", contribution_cents=-50)
    finding_at("S1", part="non_member", factor="tickets", contribution_cents=-20)
    (why,) = service.list_to_visit(scope)
    asked = [str(question) for question in why.questions]
    assert len(asked) == len(set(asked)) == 3
    assert "members did you expect" in asked[0]
    assert "shelf" in asked[1]
    assert "without a card" in asked[2]


def test_a_promise_is_asked_about_until_someone_says_whether_it_was_kept() -> None:
    head, scope = user_of(Role.REGION_HEAD, "R1")
    service.note_visit(head, scope, node("S1"), "", [("fill the shelf", None), (" ", None)])
    (promise,) = service.list_open_promises(scope)
    service.tell_promise(head, scope, promise.pk, is_kept=False)
    assert service.list_open_promises(scope) == []
    (visit,) = service.list_visits(node("S1"))
    assert [(p.what, p.is_kept, p.told_on) for p in visit.promises.all()] == [
        ("fill the shelf", False, date(2020, 5, 3))
    ]


def test_a_visit_elsewhere_or_without_a_word_is_refused() -> None:
    head, scope = user_of(Role.REGION_HEAD, "R2")
    with pytest.raises(NotAllowed):
        service.note_visit(head, scope, node("S1"), "seen", [])
    with pytest.raises(UserError):
        service.note_visit(head, scope, node("S5"), " ", [(" ", None)])
    other, above = user_of(Role.REGION_HEAD, "R1")
    service.note_visit(other, above, node("S1"), "", [("fill the shelf", None)])
    with pytest.raises(NotFound):
        service.tell_promise(head, scope, Promise.objects.get().pk, is_kept=True)
    assert Visit.objects.count() == 1
