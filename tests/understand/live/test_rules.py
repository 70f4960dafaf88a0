"""Pace and forecast, by hand and for whatever may come."""

from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from regulars.understand.live.rules import Counted, Course, Targets, at, expected_by_now, live

AS_OF = datetime(2020, 2, 5, 4, tzinfo=UTC)
WHOLE_DAY = Fraction(24)


def course_of(hourly: list[int], half: int = 0, ahead: int | None = None) -> Course:
    by = [sum(hourly[:hour]) for hour in range(25)]
    rest = [by[-1] - so_far for so_far in by]
    halves = [half if left else 0 for left in rest]
    return Course(8, by, rest, halves, ahead, None if ahead is None else half)


def counted(net_cents: int, earlier_cents: int = 0) -> Counted:
    return Counted(1, "S1", date(2020, 2, 5), net_cents, 3, 2, earlier_cents, 7)


OPEN = course_of([0] * 9 + [1_000] * 10 + [0] * 5, half=500, ahead=50_000)


def test_the_pace_is_what_comparable_days_had_sold_by_now() -> None:
    assert expected_by_now(OPEN, None, Fraction(12)) == 3_000
    assert expected_by_now(OPEN, None, Fraction(25, 2)) == 3_500


def test_with_a_target_the_pace_is_the_same_share_of_it() -> None:
    assert expected_by_now(OPEN, 20_000, Fraction(12)) == 6_000


def test_a_target_has_no_pace_where_comparable_days_sold_nothing() -> None:
    assert expected_by_now(course_of([0] * 24), 20_000, Fraction(12)) is None


def test_the_forecast_adds_what_comparable_days_still_brought() -> None:
    told = live(counted(4_000, 9_000), OPEN, Targets(), AS_OF, Fraction(12))
    assert told.forecast is not None
    assert (told.forecast.low_cents, told.forecast.cents, told.forecast.high_cents) == (
        10_500, 11_000, 11_500,
    )  # fmt: skip
    assert told.pace_rate == Fraction(4, 3)
    assert told.month_cents == 13_000
    assert told.month_forecast is not None
    assert told.month_forecast.cents == 9_000 + 11_000 + 50_000
    assert told.month_forecast.high_cents == 70_000 + 707  # √(500² + 500²)


def test_completion_is_against_the_target() -> None:
    told = live(counted(4_000, 9_000), OPEN, Targets(16_000, 26_000), AS_OF, Fraction(12))
    assert (told.completion_rate, told.month_completion_rate) == (Fraction(1, 4), Fraction(1, 2))


def test_what_is_not_known_is_said_so_and_is_not_nought() -> None:
    told = live(counted(4_000), None, Targets(), AS_OF, Fraction(12))
    assert told.expected_cents is told.forecast is told.month_forecast is None
    assert told.pace_rate is told.completion_rate is told.month_completion_rate is None


def test_before_the_doors_open_there_is_no_pace_to_divide_by() -> None:
    assert live(counted(0), OPEN, Targets(), AS_OF, Fraction(8)).pace_rate is None


HOURLY = st.lists(st.integers(0, 10**9), min_size=24, max_size=24)
HOURS = st.fractions(0, 24)


@given(HOURLY, HOURS, st.integers(0, 10**10), st.integers(0, 10**9))
def test_an_interval_holds_its_forecast_and_reaches_not_below_what_is_sold(
    hourly: list[int], hours: Fraction, sold: int, half: int
) -> None:
    told = live(counted(sold), course_of(hourly, half, 0), Targets(), AS_OF, hours)
    for forecast in (told.forecast, told.month_forecast):
        assert forecast is not None
        assert sold <= forecast.low_cents <= forecast.cents <= forecast.high_cents


@given(HOURLY, st.integers(-(10**9), 10**10))
def test_when_the_day_is_over_the_forecast_is_what_was_sold(hourly: list[int], sold: int) -> None:
    told = live(counted(sold), course_of(hourly, 10**6), Targets(), AS_OF, WHOLE_DAY)
    assert told.forecast is not None
    assert (told.forecast.low_cents, told.forecast.cents, told.forecast.high_cents) == (sold,) * 3


@given(HOURLY, HOURS, HOURS)
def test_a_curve_never_falls(hourly: list[int], one: Fraction, other: Fraction) -> None:
    points = course_of(hourly).by
    early, late = sorted((one, other))
    assert at(points, early) <= at(points, late)
