"""Where a day should be by now, and where it is likely to end.

The pace is the day's own curve: what comparable days had sold by this hour; where there is a
target, the same share of it. The forecast is additive pickup: what is sold, and what comparable
days still brought after this hour (Weatherford & Kimes 2003, "A comparison of forecasting methods
for hotel revenue management", International Journal of Forecasting 19:401-415). Its interval is
the prediction interval for one more day like them: mean ± t · s · √(1 + 1/n), with Student's t on
n - 1 degrees of freedom. Days to come are taken to vary independently of each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import isqrt

LEAST_DAYS = 4
"""Fewer comparable days tell neither pace nor forecast."""
INTERVAL = Fraction(80, 100)
QUANTILES = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415)
"""Student's t for 1 to 7 degrees of freedom, a tenth above it: eight weeks have eight such days."""


@dataclass(frozen=True)
class Course:
    """How comparable days went, in cents: `by`, `rest` and `rest_half` by the full hour, 0 to 24;
    `ahead` of the month's days to come, None where these are not known."""

    days: int
    by: Sequence[int]
    rest: Sequence[int]
    rest_half: Sequence[int]
    ahead: int | None
    ahead_half: int | None


@dataclass(frozen=True)
class Forecast:
    """Where it is likely to end; in `INTERVAL` of the cases between its low and its high."""

    cents: int
    low_cents: int
    high_cents: int


@dataclass(frozen=True)
class Counted:
    """What a place sold on the open day, and in its month before that day."""

    node: int
    code: str
    business_on: date
    net_cents: int
    tickets: int
    buyers: int
    earlier_cents: int
    revision: int


@dataclass(frozen=True)
class Targets:
    """Net cents that were set for the day and for its month; None where none are."""

    day_cents: int | None = None
    month_cents: int | None = None


@dataclass(frozen=True)
class Live:
    """A place's number as of a moment: everything received before it is in. `expected_cents` is
    where the day should be by now; None, like the forecasts, where too little is known."""

    counted: Counted
    as_of: datetime
    targets: Targets
    expected_cents: int | None
    forecast: Forecast | None
    month_forecast: Forecast | None

    @property
    def net_cents(self) -> int:
        return self.counted.net_cents

    @property
    def month_cents(self) -> int:
        """From the month's first day to now."""
        return self.counted.earlier_cents + self.counted.net_cents

    @property
    def pace_rate(self) -> Fraction | None:
        """What is sold ÷ where the day should be by now."""
        return _rate(self.net_cents, self.expected_cents)

    @property
    def completion_rate(self) -> Fraction | None:
        return _rate(self.net_cents, self.targets.day_cents)

    @property
    def month_completion_rate(self) -> Fraction | None:
        return _rate(self.month_cents, self.targets.month_cents)


def live(
    counted: Counted, course: Course | None, targets: Targets, as_of: datetime, hours: Fraction
) -> Live:
    """The number beside its course; `hours` of its day are over."""
    day = None if course is None else forecast_of_day(counted.net_cents, course, hours)
    return Live(
        counted=counted,
        as_of=as_of,
        targets=targets,
        expected_cents=expected_by_now(course, targets.day_cents, hours),
        forecast=day,
        month_forecast=forecast_of_month(counted, day, course),
    )


def expected_by_now(course: Course | None, target_cents: int | None, hours: Fraction) -> int | None:
    """Where the day should be when `hours` of it are over."""
    if course is None:
        return None
    so_far, whole = at(course.by, hours), course.by[-1]
    if target_cents is None:
        return round(so_far)
    return round(target_cents * so_far / whole) if whole > 0 else None


def forecast_of_day(net_cents: int, course: Course, hours: Fraction) -> Forecast:
    """What is sold already is sold: the interval does not reach below it."""
    rest, half = at(course.rest, hours), at(course.rest_half, hours)
    return _around(net_cents, round(net_cents + rest), round(half))


def forecast_of_month(
    counted: Counted, day: Forecast | None, course: Course | None
) -> Forecast | None:
    """The month's last day included; None where its days to come are like none that are known."""
    if day is None or course is None or course.ahead is None or course.ahead_half is None:
        return None
    sold = counted.earlier_cents + counted.net_cents
    half_of_day = day.high_cents - day.cents
    half = isqrt(half_of_day**2 + course.ahead_half**2)
    return _around(sold, counted.earlier_cents + day.cents + course.ahead, half)


def at(points: Sequence[int], hours: Fraction) -> Fraction:
    """Between two full hours, in proportion to the time that went by."""
    before = min(int(hours), len(points) - 1)
    after = min(before + 1, len(points) - 1)
    return points[before] + (points[after] - points[before]) * (hours - before)


def _around(sold_cents: int, cents: int, half_cents: int) -> Forecast:
    return Forecast(cents, max(cents - half_cents, min(sold_cents, cents)), cents + half_cents)


def _rate(part: int, whole: int | None) -> Fraction | None:
    return Fraction(part, whole) if whole and whole > 0 else None
