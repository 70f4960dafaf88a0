"""People who acted ÷ people on shift, by position and store."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.understand.actions.small_chain import Role, node, staff_of, user_of

from regulars.ground.audit.models import Entry
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.org.models import Position
from regulars.understand.actions import service
from regulars.understand.actions.models import Shift
from regulars.understand.actions.usage import count_usage, moments_of

pytestmark = pytest.mark.usefixtures("six_stores")


def test_who_did_something_the_audit_log_keeps_acted_and_who_looked_did_not(
    six_stores: date,
) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    lan, hua = staff_of("S1", "Lan"), staff_of("S1", "Hua")
    manager, _scope = user_of(Role.STORE_MANAGER, "S1", ming)
    user_of(Role.CONSULTANT, "S1", lan)
    record(manager, "tag.set", "member", 1)
    record(manager, "tag.set", "member", 2)
    count_usage(six_stores)
    by_position = service.usage_by_position(node("S1"), six_stores, six_stores)
    assert {name: (u.acted, u.on_shift) for name, u in by_position.items()} == {
        "store manager": (1, 1), "consultant": (0, 2),
    }  # fmt: skip
    (row,) = service.usage_by_place(node("S1"), six_stores, six_stores)
    assert row.usage.rate == Fraction(1, 3)
    assert row.usage.unkept == 3
    for staff in (ming, lan):
        Shift.objects.create(node=node("S1"), staff=staff, on=six_stores)
    count_usage(six_stores)
    (row,) = service.usage_by_place(node("S1"), six_stores, six_stores)
    assert (row.usage.rate, row.usage.unkept, hua.name) == (Fraction(1, 2), 0, "Hua")


def test_a_head_sees_the_places_below_those_who_act_least_first(six_stores: date) -> None:
    for code in ("S1", "S5"):
        staff = staff_of(code, "Ming", Position.Kind.STORE_MANAGER)
        user, _scope = user_of(Role.STORE_MANAGER, code, staff)
    record(user, "tag.set", "member", 1)
    count_usage(six_stores)
    rows = service.usage_by_place(node("HQ"), six_stores, six_stores)
    assert [(row.node.name, row.usage.rate) for row in rows] == [("East", 0), ("West", 1)]
    assert service.usage_by_day(node("R2"), six_stores, six_stores)[six_stores].rate == 1


def test_what_was_done_the_day_before_is_of_the_day_before(six_stores: date) -> None:
    staff = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    user, _scope = user_of(Role.STORE_MANAGER, "S1", staff)
    record(user, "tag.set", "member", 1)
    Entry.objects.update(at=clock.now() - timedelta(days=1))
    yesterday = six_stores - timedelta(days=1)
    for day in (yesterday, six_stores):
        count_usage(day)
    days = service.usage_by_day(node("S1"), yesterday, six_stores)
    assert [usage.rate for usage in days.values()] == [1, 0]


def test_a_deployment_that_stands_still_lives_through_its_day_today(six_stores: date) -> None:
    begins, ends = moments_of(six_stores)
    assert begins <= clock.now() < ends
    assert ends - begins == timedelta(days=1)


def test_where_nobody_is_on_shift_there_is_no_rate() -> None:
    assert service.Usage(0, 0, 0).rate is None
