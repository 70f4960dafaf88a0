"""Gamma-Gamma finds the published parameters, and draws each mean towards that of all."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.know.tags.lifetime.drawn import columns, slope

from regulars.know.tags.lifetime import GammaGamma, gamma_gamma
from regulars.know.tags.lifetime.gamma_gamma import Likelihood, expected_spend

spends = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 10**7), st.integers(1, 5)),
    min_size=1,
    max_size=30,
)
logarithms = st.lists(st.floats(-2, 3), min_size=3, max_size=3).map(np.array)


def test_the_published_parameters_are_found(spending: GammaGamma) -> None:
    assert (spending.p, spending.q) == pytest.approx((6.25, 3.74), abs=0.005)
    assert spending.gamma == pytest.approx(15.44, abs=0.01)
    assert spending.customers == 946


def test_they_are_likelier_than_the_published_ones(
    published: dict[str, Any], spending: GammaGamma
) -> None:
    likelihood = Likelihood(published["x"], published["zbar"])
    theirs = likelihood(np.log([6.25, 3.74, 15.44]))[0] * spending.customers
    assert theirs <= spending.log_likelihood <= theirs + 0.01


def test_cents_give_the_parameters_of_dollars(
    published: dict[str, Any], spending: GammaGamma
) -> None:
    found = gamma_gamma.fit(published["x"], published["zbar"] * 100)
    assert (found.p, found.q) == pytest.approx((spending.p, spending.q), rel=1e-4)
    assert found.gamma == pytest.approx(spending.gamma * 100, rel=1e-4)


def test_the_likelihood_is_that_of_the_formula(published: dict[str, Any]) -> None:
    """Equation 1a, customer by customer."""
    from scipy.special import gammaln

    again = published["x"] > 0
    x, spend, (p, q, gamma) = published["x"][again], published["zbar"][again], (6.0, 4.0, 15.0)
    each = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(spend) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * spend)
    )  # fmt: skip
    assert Likelihood(x, spend)(np.log([p, q, gamma]))[0] == pytest.approx(each.mean())


@given(spends, logarithms)
def test_the_gradient_is_that_of_finite_differences(
    rows: list[tuple[int, int, int]], logs: np.ndarray
) -> None:
    frequency, total, members = columns(rows)
    likelihood = Likelihood(frequency, total / frequency, members)
    logs = logs + np.log([1, 1, likelihood.mean_spend])
    assert likelihood(logs)[1] == pytest.approx(slope(likelihood, logs), rel=1e-5, abs=1e-6)


@given(spends)
def test_weights_are_repetition(rows: list[tuple[int, int, int]]) -> None:
    frequency, total, members = columns(rows)
    spend, logs = total / frequency, np.log([6.0, 4.0, 5000.0])
    weighted, gradient = Likelihood(frequency, spend, members)(logs)
    value, its_gradient = Likelihood(*(np.repeat(each, members) for each in (frequency, spend)))(
        logs
    )
    assert weighted == pytest.approx(value)
    assert gradient == pytest.approx(its_gradient)


@settings(deadline=None)
@given(spends)
def test_any_spends_are_fitted(rows: list[tuple[int, int, int]]) -> None:
    frequency, total, members = columns(rows)
    found = gamma_gamma.fit(frequency, total / frequency, members)
    assert found.customers == members.sum()
    assert min(found.p, found.q, found.gamma) > 0


@given(st.integers(0, 60), st.floats(1, 10**6))
def test_what_is_expected_lies_between_a_members_mean_and_that_of_all(x: int, spend: float) -> None:
    model = GammaGamma(p=6.25, q=3.74, gamma=1544.0, log_likelihood=0.0, customers=1)
    of_all = model.p * model.gamma / (model.q - 1)
    expected = float(expected_spend(model, x, spend))
    low, high = sorted((of_all, spend if x else of_all))
    assert low * (1 - 1e-12) <= expected <= high * (1 + 1e-12)


def test_members_without_a_repeat_purchase_are_left_out() -> None:
    frequency, spend = np.array([2, 0, 5, 1]), np.array([900.0, np.nan, 1200.0, 300.0])
    kept = frequency > 0
    assert gamma_gamma.fit(frequency, spend) == gamma_gamma.fit(frequency[kept], spend[kept])
    model = gamma_gamma.fit(frequency, spend)
    assert np.isfinite(expected_spend(model, frequency, spend)).all() or model.q <= 1


@pytest.mark.parametrize("spend", [0.0, -5.0, np.nan])
def test_a_mean_spend_not_above_zero_is_refused(spend: float) -> None:
    with pytest.raises(ValueError, match="not above 0"):
        gamma_gamma.fit(np.array([2, 1]), np.array([900.0, spend]))


def test_nobody_who_bought_twice_is_no_fit() -> None:
    with pytest.raises(ValueError, match="nobody bought twice"):
        gamma_gamma.fit(np.array([0, 0]), np.array([900.0, 800.0]))


def test_a_model_without_a_mean_of_all_says_so() -> None:
    endless = GammaGamma(p=2.0, q=0.8, gamma=1000.0, log_likelihood=0.0, customers=1)
    assert float(expected_spend(endless, 3, 500.0)) > 0
    with pytest.raises(ValueError, match="not finite"):
        expected_spend(endless, 0, 0.0)
