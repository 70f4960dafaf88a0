"""Intervals against independent computations, simulated truths and a published experiment."""

from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from tests.understand.experiments import hillstrom

from regulars.understand.experiments import statistics as ours
from regulars.understand.experiments.statistics import Moments, Sums

DICE = np.random.default_rng(8)
Array = Any


def plain(reached: Array, held_out: Array) -> ours.Difference:
    return ours.post_stratified(*(ours.moments(Sums.of(arm)) for arm in (reached, held_out)))


def adjusted(reached: tuple[Array, Array], held_out: tuple[Array, Array]) -> ours.Difference:
    return ours.post_stratified(*ours.cuped(Sums.of(*reached), Sums.of(*held_out)))


def spends(dice: np.random.Generator, tests: int, people: int, times: float = 1.0) -> Array:
    """Three in ten buy, for a lognormal amount."""
    bought = dice.random((tests, people)) < 0.3
    return bought * np.exp(0.7 * dice.standard_normal((tests, people))) * 150 * times


def test_the_fixed_horizon_interval_is_welchs() -> None:
    reached, held_out = DICE.exponential(3.0, 400), DICE.normal(2.0, 1.0, 60)
    low, high = ours.fixed_horizon(plain(reached, held_out))
    theirs = scipy.stats.ttest_ind(reached, held_out, equal_var=False).confidence_interval(0.95)
    assert (float(low), float(high)) == pytest.approx((theirs.low, theirs.high), rel=1e-6)


@given(st.floats(5, 1e6), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_students_quantile_is_right_from_five_degrees_on(degrees: float, level: float) -> None:
    theirs = scipy.stats.t.ppf((1 + level) / 2, degrees)
    assert float(ours.students(level, degrees)) == pytest.approx(theirs, rel=2e-3)


def test_one_in_twenty_experiments_without_an_effect_is_called() -> None:
    dice = np.random.default_rng(1)
    found = plain(spends(dice, 3_000, 900), spends(dice, 3_000, 300))
    low, high = ours.fixed_horizon(found)
    assert 0.038 <= ((low > 0) | (high < 0)).mean() <= 0.062


def test_peeking_calls_too_many_but_for_the_anytime_valid_interval() -> None:
    dice = np.random.default_rng(2)
    arms = [
        Sums.of(spends(dice, 600, people).reshape(600, 20, -1)).growing(axis=1)
        for people in (4_000, 1_000)
    ]
    found = ours.post_stratified(*(ours.moments(arm) for arm in arms))
    people = (arms[0].people + arms[1].people)[..., 0]

    def called(interval: tuple[Array, Array]) -> float:
        low, high = interval
        return float(((low > 0) | (high < 0)).any(axis=1).mean())

    assert called(ours.fixed_horizon(found)) > 0.15
    assert called(ours.anytime_valid(found, people, 2_000)) <= 0.05


def test_the_anytime_valid_interval_is_the_papers() -> None:
    """Waudby-Smith et al., Theorem 2.2: σ̂ √(2 (nρ² + 1) ÷ (n²ρ²) · log(√(nρ² + 1) ÷ α))."""
    found = plain(DICE.normal(1, 2, 900), DICE.normal(0, 1, 100))
    people, tuned_at, alpha = 1_000, 5_000, 0.05
    grid = np.linspace(0.5, 40, 400_000)
    share = grid[np.argmin((grid + 1) / grid * np.log((grid + 1) / alpha**2))]
    rho2 = share / tuned_at
    deviation = float(found.error) * np.sqrt(people)
    radius = deviation * np.sqrt(
        2 * (people * rho2 + 1) / (people**2 * rho2)
        * np.log(np.sqrt(people * rho2 + 1) / alpha)
    )  # fmt: skip
    low, high = ours.anytime_valid(found, people, tuned_at)
    assert float(high - low) / 2 == pytest.approx(radius, rel=1e-4)
    assert float(high + low) / 2 == pytest.approx(float(found.estimate))


@given(st.integers(10, 10**7), st.integers(10, 10**7))
def test_looking_at_any_time_is_never_narrower_than_looking_once(n: int, tuned_at: int) -> None:
    one = ours.Difference(np.array(0.0), np.array(1.0), np.array(1e9))
    at_once = ours.fixed_horizon(one)[1]
    there = ours.anytime_valid(one, n, tuned_at)[1]
    best = ours.anytime_valid(one, n, n)[1]
    assert at_once < best <= there + 1e-12


def test_what_was_known_before_is_taken_off_as_a_regression_would() -> None:
    before = [DICE.gamma(2, 50, 500), DICE.gamma(2, 50, 90)]
    after = [0.6 * x + DICE.normal(up, 20, len(x)) for x, up in zip(before, (10, 0), strict=True)]
    found = adjusted((after[0], before[0]), (after[1], before[1]))
    is_reached = np.repeat([1.0, 0.0], [500, 90])
    design = np.column_stack([np.ones(590), is_reached, np.concatenate(before)])
    (_one, effect, _theta), *_rest = np.linalg.lstsq(design, np.concatenate(after))
    assert float(found.estimate) == pytest.approx(effect)
    assert float(found.error) < 0.6 * float(plain(*after).error)


def test_an_uplift_that_was_planted_is_held_as_often_as_said() -> None:
    dice = np.random.default_rng(4)
    before = [spends(dice, 2_000, people) for people in (900, 300)]
    after = [
        0.5 * x + spends(dice, 2_000, x.shape[1]) + up
        for x, up in zip(before, (20.0, 0.0), strict=True)
    ]
    low, high = ours.fixed_horizon(adjusted((after[0], before[0]), (after[1], before[1])))
    assert 0.935 <= ((low <= 20) & (high >= 20)).mean() <= 0.965


def test_where_nothing_was_known_before_nothing_is_taken_off() -> None:
    arms = [Sums.of(DICE.normal(5, 1, count)) for count in (50, 40)]
    with_it, without = ours.cuped(*arms), [ours.moments(arm) for arm in arms]
    assert [arm.mean.item() for arm in with_it] == [arm.mean.item() for arm in without]


def test_strata_weigh_as_many_as_their_people_and_an_empty_one_nothing() -> None:
    reached = Moments(*np.array([[90, 10, 0], [2, 30, np.nan], [4, 9, np.nan]]))
    held_out = Moments(*np.array([[10, 10, 0], [1, 20, np.nan], [5, 8, np.nan]]))
    found = ours.post_stratified(reached, held_out)
    weights = np.array([100, 20]) / 120
    assert float(found.estimate) == pytest.approx(weights @ [1.0, 10.0])
    parts = [4 / 90 + 5 / 10, 9 / 10 + 8 / 10]
    assert float(found.error) == pytest.approx(np.sqrt(weights**2 @ parts))


def test_a_store_at_which_everybody_did_the_same_adds_no_doubt() -> None:
    alike, differing = np.zeros(40), DICE.random(40) < 0.4
    reached, held_out = (_in_strata([alike, each]) for each in (differing[:25], differing[25:]))
    low, high = ours.fixed_horizon(ours.post_stratified(*ours.cuped(reached, held_out)))
    alone = ours.fixed_horizon(plain(differing[:25], differing[25:]))
    assert float(high - low) == pytest.approx(float(alone[1] - alone[0]) / 3, rel=1e-6)


def test_stores_that_differ_are_in_neither_estimate_nor_error() -> None:
    sizes = ((400, 40), (100, 30))
    cells = [
        [DICE.normal(level, 1, count) for count in counts]
        for level, counts in zip((0, 100), sizes, strict=True)
    ]
    arms = [_in_strata([cell[arm] for cell in cells]) for arm in (0, 1)]
    stratified = ours.post_stratified(*(ours.moments(arm) for arm in arms))
    together = ours.post_stratified(*(ours.moments(arm.whole()) for arm in arms))
    assert abs(float(stratified.estimate)) < 0.5 < abs(float(together.estimate))
    assert float(stratified.error) < 0.1 * float(together.error)


def test_one_experiment_says_of_the_next_what_it_found_and_two_that_differ_say_less() -> None:
    assert ours.random_effects([0.03], [0.01]) == pytest.approx((0.03, 0.01))
    mean, deviation = ours.random_effects([0.01, 0.09], [0.01, 0.01])
    assert mean == pytest.approx(0.05)
    assert deviation > 0.05


@pytest.mark.skipif(
    not hillstrom.FOLDER.is_dir(),
    reason=f"Hillstrom's data are not in {hillstrom.FOLDER}: say in HILLSTROM_DATA where they are",
)
@pytest.mark.parametrize(
    ("arm", "visit", "conversion", "spend"),
    [("Mens E-Mail", 0.0766, 0.00681, 0.770), ("Womens E-Mail", 0.0452, 0.00311, 0.424)],
)
def test_hillstroms_uplifts_are_the_published_ones(
    arm: str, visit: float, conversion: float, spend: float
) -> None:
    arms = hillstrom.arms()
    reached, held_out = arms[arm], arms["No E-Mail"]
    for name, published, rounded in (
        ("visit", visit, 5e-5), ("conversion", conversion, 5e-6), ("spend", spend, 5e-4),
    ):  # fmt: skip
        found = plain(reached[name], held_out[name])
        assert float(found.estimate) == pytest.approx(published, abs=rounded)
        low, high = ours.fixed_horizon(found)
        assert 0 < low < published < high
        before = ((each[name], each["history"]) for each in (reached, held_out))
        beside = adjusted(*before)
        assert float(beside.estimate) == pytest.approx(published, abs=float(found.error) / 5)
        assert float(beside.error) <= float(found.error)


def _in_strata(values: list[Array]) -> Sums:
    each = [Sums.of(stratum) for stratum in values]
    columns = ("people", "outcome", "outcome_squared", "before", "before_squared", "product")
    return Sums(*(np.concatenate([getattr(sums, name) for sums in each]) for name in columns))
