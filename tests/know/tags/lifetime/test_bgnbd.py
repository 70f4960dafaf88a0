"""BG/NBD finds the published parameters, and its parts agree with each other."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta
from tests.know.tags.lifetime.cdnow import WEEK, Customers
from tests.know.tags.lifetime.drawn import (
    columns,
    history,
    horizons,
    lists,
    models,
    one_each,
    slope,
)

from regulars.know.tags.lifetime import BgNbd, Histories, bgnbd, collapse
from regulars.know.tags.lifetime.bgnbd import (
    Likelihood,
    expected_of_anyone,
    expected_purchases,
    probability_alive,
    purchases_if_alive,
)

PAPER = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, customers=2357)
logarithms = st.lists(st.floats(-2, 3), min_size=4, max_size=4).map(np.array)


def test_the_published_parameters_are_found(buying: BgNbd) -> None:
    assert [round(each, 3) for each in (buying.r, buying.alpha, buying.a, buying.b)] == [
        0.243, 4.414, 0.793, 2.426,
    ]  # fmt: skip
    assert round(buying.log_likelihood, 1) == -9582.4
    assert buying.customers == 2357


def test_days_give_the_parameters_of_weeks(customers: Customers, buying: BgNbd) -> None:
    found = bgnbd.fit(collapse(customers.frequency, customers.recency, customers.age))
    assert found.alpha / WEEK == pytest.approx(buying.alpha, rel=1e-3)
    assert (found.r, found.a, found.b) == pytest.approx((buying.r, buying.a, buying.b), rel=1e-3)


def test_the_papers_example_is_expected_to_buy_1_226_times() -> None:
    """The customer with x = 2, t_x = 30.43, T = 38.86 in the note on the model in Excel."""
    assert float(expected_purchases(PAPER, 2, 30.43, 38.86, 39)) == pytest.approx(1.226, abs=5e-4)


@settings(deadline=None)
@given(lists)
def test_collapsing_changes_no_likelihood(rows: list[tuple[int, int, int]]) -> None:
    logs = np.log([0.6, 30.0, 0.8, 2.5])
    value, gradient = Likelihood(one_each(rows))(logs)
    collapsed, its_gradient = Likelihood(collapse(*columns(rows)))(logs)
    assert collapsed == pytest.approx(value)
    assert its_gradient == pytest.approx(gradient)


@settings(deadline=None)
@given(lists, st.data())
def test_weights_are_repetition(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    sizes = st.lists(st.integers(1, 5), min_size=len(rows), max_size=len(rows))
    members = np.array(data.draw(sizes))
    logs = np.log([0.6, 30.0, 0.8, 2.5])
    weighted, gradient = Likelihood(Histories(*columns(rows), members))(logs)
    repeated = [row for row, number in zip(rows, members, strict=True) for _ in range(number)]
    value, its_gradient = Likelihood(one_each(repeated))(logs)
    assert weighted == pytest.approx(value)
    assert gradient == pytest.approx(its_gradient)


@settings(deadline=None)
@given(lists, logarithms)
def test_the_gradient_is_that_of_finite_differences(
    rows: list[tuple[int, int, int]], logs: np.ndarray
) -> None:
    likelihood = Likelihood(one_each(rows))
    assert likelihood(logs)[1] == pytest.approx(slope(likelihood, logs), rel=1e-5, abs=1e-6)


@given(logs=logarithms)
def test_no_other_parameters_are_likelier(
    histories: Histories, buying: BgNbd, logs: np.ndarray
) -> None:
    assert Likelihood(histories)(logs)[0] * buying.customers <= buying.log_likelihood


@settings(deadline=None)
@given(lists)
def test_any_histories_are_fitted(rows: list[tuple[int, int, int]]) -> None:
    model, (x, recency, age) = bgnbd.fit(one_each(rows)), columns(rows)
    assert min(model.r, model.alpha, model.a, model.b) > 0
    assert np.all(expected_purchases(model, x, recency, age, 365) >= 0)


@given(models, history())
def test_the_chance_to_be_alive_is_a_chance(model: BgNbd, row: tuple[int, int, int]) -> None:
    chance = float(probability_alive(model, *row))
    assert 0 <= chance <= 1
    assert row[0] or chance == 1


@given(models, history())
def test_the_chance_to_be_alive_falls_with_silence(model: BgNbd, row: tuple[int, int, int]) -> None:
    x, recency, age = row
    later = probability_alive(model, x, recency, age + np.arange(0, 400, 20))
    assert all(after <= before for before, after in pairwise(later))
    assert later[-1] < later[0] or x == 0 or later[0] < 1e-12


@given(models, history(), horizons)
def test_purchases_expected_grow_with_time(
    model: BgNbd, row: tuple[int, int, int], horizon: float
) -> None:
    """As far as doubles tell: in the end hardly anyone is left to buy."""
    x, _, age = row
    times = [horizon * share for share in (0.25, 0.5, 1, 2)]
    expected = [float(each) for each in purchases_if_alive(model, x, age, times)]
    assert all(0 < sooner <= later * (1 + 1e-9) for sooner, later in pairwise(expected))
    rate = (model.r + x) / (model.alpha + age)
    assert all(e <= rate * t * (1 + 1e-6) for e, t in zip(expected, times, strict=True))


@settings(deadline=None, max_examples=40)
@given(models, history(), horizons)
def test_purchases_expected_are_the_mean_over_the_chance_of_loss(
    model: BgNbd, row: tuple[int, int, int], horizon: float
) -> None:
    """Of a rate λ and a chance p: (1 − e^(−λpt)) / p, with Gamma's λ integrated out by hand."""
    x, _, age = row
    lost = beta(model.a, model.b + x)
    points = lost.ppf([1e-9, 1e-4, 0.1, 0.5, 0.9, 0.9999])

    def bought(p: float) -> float:
        shrunk = -np.expm1(-(model.r + x) * np.log1p(p * horizon / (model.alpha + age)))
        return float(shrunk / p)

    # by quantile: the density may be infinite at both ends
    mean = sum(
        quad(lambda share: bought(max(lost.ppf(share), 1e-300)), low, high, limit=200)[0]
        for low, high in pairwise([0, *lost.cdf(points), 1])
    )
    assert float(next(purchases_if_alive(model, x, age, [horizon]))) == pytest.approx(
        mean, rel=1e-4
    )


@given(models.filter(lambda model: abs(model.a - 1) > 0.01), st.integers(1, 20), horizons)
def test_the_expectation_is_that_of_the_papers_formula(
    model: BgNbd, x: int, horizon: float
) -> None:
    age, recency = 200.0, 120.0
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    past = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (alpha + age + horizon))
    bought = 1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * past
    lost = a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    formula = (a + b + x - 1) / (a - 1) * bought / (1 + lost)
    ours = float(expected_purchases(model, x, recency, age, horizon))
    assert ours == pytest.approx(formula, rel=1e-6)


@pytest.mark.parametrize("a", [1.0, 1 + 1e-9, 1 - 3e-5, 0.5, 20.0])
def test_nothing_breaks_where_the_formula_divides_by_zero(a: float) -> None:
    model = replace(PAPER, a=a, b=0.5)
    around = [replace(model, a=a * (1 + step)) for step in (-0.01, 0.01)]
    low, high = (float(expected_of_anyone(each, 52)) for each in around)
    assert high < float(expected_of_anyone(model, 52)) < low


def test_a_frequent_buyer_overflows_nothing() -> None:
    found = expected_purchases(PAPER, 700, 700.0, 728.0, 365)
    assert 0 < float(found) < 365


def test_expected_of_anyone_is_expected_of_who_just_came(buying: BgNbd) -> None:
    times = np.array([1.0, 10.0, 39.0])
    expected = [float(expected_purchases(buying, 0, 0, 0, time)) for time in times]
    assert expected_of_anyone(buying, times) == pytest.approx(expected)
    assert float(expected_of_anyone(buying, 39)) == pytest.approx(expected[2])
    assert expected[0] < expected[1] < expected[2]


def test_all_alike_are_fitted_too() -> None:
    """With nothing to tell members apart the likelihood grows for ever: a bound holds it."""
    alike = Histories(*(np.array([each]) for each in (3, 200, 300, 1000)))
    model = bgnbd.fit(alike)
    assert float(expected_purchases(model, 3, 200, 300, 100)) < 3
