"""The morning huddle: numbers, who is here, and one tap to give out what is to be done."""

from datetime import date
from fractions import Fraction

import pytest
from tests.understand.actions.small_chain import (
    Role,
    bring,
    finding_at,
    line,
    node,
    staff_of,
    user_of,
)

from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Position
from regulars.understand.actions import service
from regulars.understand.actions.models import Shift
from regulars.understand.metrics.service import Question

pytestmark = pytest.mark.usefixtures("six_stores")


def no_target(question: Question) -> int | None:
    return None


def test_todays_number_is_the_target_where_there_is_one() -> None:
    _manager, scope = user_of(Role.STORE_MANAGER, "S1")
    asked: list[Question] = []

    def target_of(question: Question) -> int | None:
        asked.append(question)
        return 250_000

    huddle = service.get_huddle(scope, node("S1"), target_of)
    assert huddle.aim_cents == 250_000
    assert (asked[0].org, asked[0].period.start, asked[0].period.days) == (
        node("S1"), date(2020, 5, 3), 1,
    )  # fmt: skip


def test_without_a_target_it_is_what_such_a_weekday_brought_lately(six_stores: date) -> None:
    bring(
        "lines",
        line("sun-1", date(2020, 4, 26), 1, "M1-0", 4_000),
        line("sun-2", date(2020, 4, 19), 1, "M1-0", 2_000),
        line("sat", date(2020, 5, 2), 1, None, 700),
        line("today", six_stores, 1, None, 500),
    )
    _manager, scope = user_of(Role.STORE_MANAGER, "S1")
    huddle = service.get_huddle(scope, node("S1"), no_target)
    assert huddle.usual_cents == Fraction(3_000)
    assert (huddle.yesterday_cents, huddle.week_before_cents) == (700, None)
    assert (huddle.today_cents, huddle.left_cents) == (500, 2_500)
    assert huddle.done_share == Fraction(1, 6)


def test_a_store_without_such_days_has_no_number_rather_than_nought() -> None:
    _manager, scope = user_of(Role.STORE_MANAGER, "S1")
    huddle = service.get_huddle(scope, node("S1"), no_target)
    assert (huddle.aim_cents, huddle.left_cents, huddle.done_share) == (None, None, None)


def test_while_nobody_is_tapped_no_roster_is_kept_and_everyone_stands_for_it() -> None:
    staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    lan = staff_of("S1", "Lan")
    manager, _scope = user_of(Role.STORE_MANAGER, "S1")
    roster = service.get_roster(node("S1"))
    assert not roster.is_kept
    assert [person.staff.name for person in roster.on_shift] == ["Ming", "Lan"]
    service.put_on_shift(manager, node("S1"), lan.pk, is_on=True)
    service.put_on_shift(manager, node("S1"), lan.pk, is_on=True)
    roster = service.get_roster(node("S1"))
    assert roster.is_kept
    assert [person.staff.name for person in roster.on_shift] == ["Lan"]
    service.put_on_shift(manager, node("S1"), lan.pk, is_on=False)
    assert not Shift.objects.exists()


def test_only_a_stores_own_staff_stand_on_its_roster() -> None:
    manager, _scope = user_of(Role.STORE_MANAGER, "S1")
    elsewhere = staff_of("S2", "Hua")
    with pytest.raises(UserError):
        service.put_on_shift(manager, node("S1"), elsewhere.pk, is_on=True)


def test_one_tap_gives_what_the_store_was_given_to_someone_for_today(six_stores: date) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    lan = staff_of("S1", "Lan")
    manager, scope = user_of(Role.STORE_MANAGER, "S1", ming)
    head, above = user_of(Role.REGION_HEAD, "R1")
    finding = finding_at("S1")
    action = service.give_action(
        head, above, node=node("S1"), what="Call them", finding=finding,
        person=service.find_person(node("S1"), f"staff-{ming.pk}"),
        part="active_old", factor="buyers",
    )  # fmt: skip
    given = service.give_out(manager, scope, action, f"staff-{lan.pk}")
    assert (given.parent, given.staff, given.due_on) == (action, lan, six_stores)
    assert (given.what, given.finding) == ("Call them", finding)
    huddle = service.get_huddle(scope, node("S1"), no_target)
    assert {each.pk for each in huddle.to_do} == {action.pk, given.pk}
    assert huddle.findings == []
    consultant, own = user_of(Role.CONSULTANT, "S1")
    with pytest.raises(NotAllowed):
        service.give_out(consultant, own, action, f"staff-{lan.pk}")
