"""The days that pages about events look back on."""

from collections.abc import Mapping
from datetime import date, timedelta

from regulars.ground.kit import clock

DAYS = 30


def today() -> date:
    """The business date of this moment: events come in as they happen, also where a demo's sales
    end on an earlier day."""
    return clock.business_date(clock.now())


def first_day() -> date:
    """The first of the last `DAYS` days."""
    return today() - timedelta(days=DAYS - 1)


def every_day(by_day: Mapping[date, int]) -> dict[date, int]:
    """A count for each of the last `DAYS` days."""
    days = [first_day() + timedelta(days=n) for n in range(DAYS)]
    return {day: by_day.get(day, 0) for day in days}
