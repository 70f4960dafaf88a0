"""Courses: what the days like today say of its pace and its end."""

from datetime import date, timedelta
from statistics import mean, stdev

import pytest
from tests.understand.live.conftest import TODAY, node

from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting
from regulars.understand.live.courses import learn
from regulars.understand.live.models import Course

pytestmark = pytest.mark.usefixtures("open_day")
MORNING, EVENING = 9, 18


def bring(days: list[date], cents: list[tuple[int, int]]) -> None:
    """S2 sells on each of these days in the morning and in the evening."""
    records = [
        {
            "order_id": f"{day}-{hour}", "sold_at": f"{day}T{hour:02d}:30:00+08:00",
            "store_id": "S2", "product_id": "P1", "quantity": 1, "net_cents": sold,
        }
        for day, both in zip(days, cents, strict=True)
        for hour, sold in zip((MORNING, EVENING), both, strict=True)
    ]  # fmt: skip
    receive("lines", source="test", body={"records": records})
    load_waiting()


def wednesdays(count: int) -> list[date]:
    return [TODAY - timedelta(weeks=week) for week in range(count, 0, -1)]


def test_a_course_is_the_mean_of_the_same_weekday_hour_by_hour() -> None:
    cents = [(1_000, 3_000), (2_000, 2_000), (1_500, 5_000), (1_500, 4_000)]
    bring(wednesdays(4), cents)
    learn(TODAY)
    course = Course.objects.get(node_id=node("S2"))
    assert course.days == 4
    assert course.by_cents == [0] * 10 + [1_500] * 9 + [5_000] * 6
    assert course.rest_cents == [5_000] * 10 + [3_500] * 9 + [0] * 6
    evenings = [evening for _morning, evening in cents]
    half = 1.638 * stdev(evenings) * (1 + 1 / 4) ** 0.5
    assert course.rest_half_cents[12] == round(half)
    assert mean(evenings) == course.rest_cents[12]


def test_a_place_has_no_course_while_fewer_than_four_such_days_are_known() -> None:
    bring(wednesdays(3), [(1_000, 1_000)] * 3)
    learn(TODAY)
    assert not Course.objects.filter(node_id=node("S2")).exists()


def test_a_day_without_a_sale_after_the_first_one_is_a_day_of_nought() -> None:
    days = wednesdays(5)
    bring([days[0], *days[2:]], [(1_000, 0)] * 4)
    learn(TODAY)
    course = Course.objects.get(node_id=node("S2"))
    assert (course.days, course.by_cents[24]) == (5, 800)


def test_the_days_to_come_are_expected_by_their_weekdays() -> None:
    every_day = [TODAY - timedelta(days=back) for back in range(56, 0, -1)]
    cents = [(100 * day.isoweekday(), 0) for day in every_day]
    bring(every_day, cents)
    learn(TODAY)
    course = Course.objects.get(node_id=node("S2"))
    to_come = [TODAY + timedelta(days=ahead) for ahead in range(1, 25)]
    assert to_come[-1] == date(2020, 2, 29)
    assert course.ahead_cents == sum(100 * day.isoweekday() for day in to_come)
    assert course.ahead_half_cents == 0  # every such day was alike


def test_the_last_day_of_a_month_has_nothing_ahead_of_it() -> None:
    last = date(2020, 2, 29)
    bring([last - timedelta(weeks=week) for week in range(4, 0, -1)], [(500, 500)] * 4)
    learn(last)
    course = Course.objects.get(node_id=node("S2"))
    assert (course.ahead_cents, course.ahead_half_cents) == (0, 0)
