"""Contributions are exact, and agree with the golden numbers of the reference."""

from fractions import Fraction
from itertools import pairwise, permutations
from math import log, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.understand.metrics.contributions import (
    Method,
    contributions,
    shapley,
    substitution,
    to_cents,
)

BEFORE = (8000, 3200, 6400, 20480, 163840000)
AFTER = (8300, 3154, 6623, 20531, 170407300)


def ratios(links: tuple[int, ...]) -> list[Fraction]:
    return [Fraction(links[0]), *(Fraction(value, below) for below, value in pairwise(links))]


def rounded(values: list[Fraction]) -> list[float]:
    return [round(float(value), 2) for value in values]


def test_shapley_agrees_with_the_golden_numbers() -> None:
    assert rounded(shapley(ratios(BEFORE), ratios(AFTER))) == [
        6155426.11, -8578893.59, 8147471.39, -5312130.02, 6155426.11,
    ]  # fmt: skip


def test_chain_substitution_agrees_with_the_golden_numbers_in_both_orders() -> None:
    forth = substitution(ratios(BEFORE), ratios(AFTER), range(5))
    back = substitution(ratios(BEFORE), ratios(AFTER), range(4, -1, -1))
    assert rounded(forth) == [6144000, -8499200, 8064000, -5300800, 6159300]
    assert rounded(back) == [6159300, -8644631.58, 8223037.74, -5314406.16, 6144000]


def test_each_method_is_asked_for_by_its_name() -> None:
    before, after = ratios(BEFORE), ratios(AFTER)
    assert contributions(before, after, Method.SHAPLEY) == shapley(before, after)
    assert contributions(before, after, Method.CHAIN)[0] == 6144000
    assert contributions(before, after, Method.CHAIN_REVERSED)[0] == 6159300


def test_shapley_is_close_to_lmdi() -> None:
    """LMDI-I (Ang 2005) weighs logarithms; it is another road to nearly the same place."""
    mean = (AFTER[-1] - BEFORE[-1]) / log(AFTER[-1] / BEFORE[-1])
    lmdi = [mean * log(a / b) for b, a in zip(ratios(BEFORE), ratios(AFTER), strict=True)]
    assert [round(each, 2) for each in lmdi] == [
        6151693.77, -8571219.36, 8142849.02, -5307717.18, 6151693.77,
    ]  # fmt: skip
    exact = [float(each) for each in shapley(ratios(BEFORE), ratios(AFTER))]
    assert exact == pytest.approx(lmdi, rel=0.002)


factor = st.fractions(min_value=0, max_value=10_000, max_denominator=500)
factors = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(factor, min_size=n, max_size=n), st.lists(factor, min_size=n, max_size=n)
    )
)


@given(factors)
def test_contributions_add_up_to_the_change(pair: tuple[list[Fraction], list[Fraction]]) -> None:
    before, after = pair
    change = prod(after) - prod(before)
    assert sum(shapley(before, after)) == change
    assert sum(substitution(before, after, range(len(before)))) == change


@given(
    st.integers(1, 4).flatmap(lambda n: st.tuples(*[st.lists(factor, min_size=n, max_size=n)] * 2))
)
def test_shapley_is_the_mean_over_every_order(pair: tuple[list[Fraction], list[Fraction]]) -> None:
    before, after = pair
    orders = [substitution(before, after, order) for order in permutations(range(len(before)))]
    means = [sum(column) / len(orders) for column in zip(*orders, strict=True)]
    assert shapley(before, after) == means


@given(st.lists(st.fractions(-10_000, 10_000, max_denominator=97), min_size=1, max_size=8))
def test_rounded_cents_keep_the_sum_and_stay_within_one_cent(amounts: list[Fraction]) -> None:
    amounts.append(-(sum(amounts) % 1))
    cents = to_cents(amounts)
    assert sum(cents) == sum(amounts)
    assert all(abs(c - a) <= 1 for c, a in zip(cents, amounts, strict=True))


def test_amounts_that_do_not_add_up_to_whole_cents_are_refused() -> None:
    with pytest.raises(ValueError, match="not whole"):
        to_cents([Fraction(1, 2)])
