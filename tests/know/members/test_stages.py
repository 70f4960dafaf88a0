"""Ages in months and the stages they make."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.know.members.rules import (
    Stage,
    add_months,
    births_in_stage,
    latest_birth,
    months_between,
    stage_on,
)

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
ranges = st.integers(6, 180)


@pytest.mark.parametrize(
    ("born_on", "on", "months"),
    [
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 6, 15), date(2024, 6, 14), -1),
        (date(2024, 6, 15), date(2024, 6, 15), 0),
        (date(2024, 6, 15), date(2025, 6, 14), 11),
    ],
)
def test_age_is_in_completed_months(born_on: date, on: date, months: int) -> None:
    assert months_between(born_on, on) == months


@pytest.mark.parametrize(
    ("months", "stage"),
    [
        (-1, Stage.PREGNANCY),
        (0, Stage.NEWBORN),
        (1, Stage.YOUNG_INFANT),
        (6, Stage.OLDER_INFANT),
        (12, Stage.TODDLER),
        (35, Stage.TODDLER),
        (36, Stage.PRESCHOOL),
        (71, Stage.PRESCHOOL),
        (72, Stage.GRADUATED),
    ],
)
def test_a_stage_begins_on_the_day_its_month_is_completed(months: int, stage: Stage) -> None:
    born_on = date(2020, 5, 10)
    assert stage_on(born_on, add_months(born_on, months), 72) == stage


@given(born_on=days, on=days)
def test_the_months_completed_are_the_most_that_fit(born_on: date, on: date) -> None:
    months = months_between(born_on, on)
    assert add_months(born_on, months) <= on < add_months(born_on, months + 1)


@given(on=days, months=st.integers(0, 180))
def test_the_latest_birth_is_the_last_one_of_that_age(on: date, months: int) -> None:
    last = latest_birth(months, on)
    assert months_between(last, on) >= months
    assert months_between(last + timedelta(days=1), on) < months


@given(born_on=days, on=days, age_range=ranges)
def test_a_child_is_in_exactly_the_stage_whose_births_hold_it(
    born_on: date, on: date, age_range: int
) -> None:
    holding = []
    for stage in Stage:
        first, last = births_in_stage(stage, on, age_range)
        if first <= born_on <= last:
            holding.append(stage)
    assert holding == [stage_on(born_on, on, age_range)]


@given(born_on=days, on=days, age_range=ranges)
def test_a_child_never_grows_back_into_an_earlier_stage(
    born_on: date, on: date, age_range: int
) -> None:
    order = list(Stage)
    today, tomorrow = (
        order.index(stage_on(born_on, on + timedelta(days=d), age_range)) for d in (0, 1)
    )
    assert today <= tomorrow
