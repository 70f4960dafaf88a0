"""What the calendar alone makes of a period: weekdays, Chinese New Year, days of great sales.

A day's weight is how busy it is beside an ordinary day, learnt from the chain's own tickets before
it: the median of its weekday beside the four weeks around it, of its distance from Chinese New
Year in the years before, and of the same day of the year where this strayed last year.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from regulars.understand.metrics.service import Period

NEW_YEARS = tuple(
    date(*day)
    for day in (
        (2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22),
        (2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13),
        (2030, 2, 3), (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8),
    )
)  # fmt: skip
"""First days of the lunisolar year."""
AROUND_NEW_YEAR = range(-15, 16)
AROUND = 14
LEAST_DAYS = 10
SPECIAL = 0.15
"""A day of the year is one of its own when it strayed at least so far from its weekday."""


@dataclass(frozen=True)
class Calendar:
    """Weights learnt from days before; an unknown kind of day weighs 1."""

    weekdays: Mapping[int, float]
    new_year: Mapping[int, float]
    special: Mapping[tuple[int, int], float]

    def weight(self, day: date) -> float:
        offset = _from_new_year(day)
        if offset is not None and offset in self.new_year:
            return self.weekdays.get(day.weekday(), 1.0) * self.new_year[offset]
        return self.weekdays.get(day.weekday(), 1.0) * self.special.get((day.month, day.day), 1.0)

    def weight_of(self, period: Period) -> float:
        """The sum of its days' weights, in ordinary days."""
        return sum(self.weight(day) for day in _days(period))

    def shift_cents(self, period: Period, before: Period, before_cents: int) -> int:
        """What the days alone make of the money of the period before."""
        there = self.weight_of(before)
        if not there:
            return 0
        return round(before_cents * Fraction(self.weight_of(period) / there - 1))


def learn(tickets: Mapping[date, int]) -> Calendar:
    """Weights out of daily counts; a short history knows less."""
    usual = {day: _around(tickets, day) for day in tickets}
    beside = {day: tickets[day] / usual[day] for day in tickets if usual[day]}
    by_weekday: defaultdict[int, list[float]] = defaultdict(list)
    for day, times in beside.items():
        if _from_new_year(day) is None:
            by_weekday[day.weekday()].append(times)
    weekdays = {
        weekday: median(times) for weekday, times in by_weekday.items() if len(times) >= LEAST_DAYS
    }
    by_offset: defaultdict[int, list[float]] = defaultdict(list)
    by_date: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for day, times in beside.items():
        left = times / weekdays.get(day.weekday(), 1.0)
        offset = _from_new_year(day)
        if offset is not None:
            by_offset[offset].append(left)
        else:
            by_date[day.month, day.day].append(left)
    return Calendar(
        weekdays,
        {offset: median(times) for offset, times in by_offset.items()},
        {
            day: median(times)
            for day, times in by_date.items()
            if all(abs(each - 1) > SPECIAL for each in times)
        },
    )


def _around(tickets: Mapping[date, int], day: date) -> float:
    """The median day of the four weeks around one, whatever happened on a few of them."""
    around = (day + timedelta(days=days) for days in range(-2 * AROUND, 2 * AROUND + 1))
    known = [
        tickets[each]
        for each in around
        if each in tickets and each != day and _from_new_year(each) is None
    ]
    return median(known) if len(known) >= LEAST_DAYS else 0.0


def _from_new_year(day: date) -> int | None:
    for first in NEW_YEARS:
        if (day - first).days in AROUND_NEW_YEAR:
            return (day - first).days
    return None


def _days(period: Period) -> Iterable[date]:
    return (period.start + timedelta(days=number) for number in range(period.days))
