"""What a model expected is set against what came."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.know.tags.lifetime.cdnow import WEEK, Customers
from tests.know.tags.lifetime.drawn import columns

from regulars.know.tags.lifetime import (
    Histories,
    accuracy,
    bgnbd,
    collapse,
    grouped,
    held_out,
)

HORIZON = 39 * WEEK
outcomes = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=25
)


def test_the_hold_out_of_cdnow_is_what_others_found(customers: Customers) -> None:
    """PyPI lifetimes 0.11.3 finds the same on these data, to the last digit given here."""
    x, recency, age = customers.frequency, customers.recency, customers.age
    model = bgnbd.fit(collapse(x, recency, age))
    columns, members = grouped(x, recency, age, customers.later)
    found = held_out(model, Histories(*columns[:3], members), columns[3], HORIZON)
    assert (found.actual, round(found.predicted)) == (1882, 1653)
    assert found.bias_percent == pytest.approx(-12.1, abs=0.05)
    assert (round(found.mae, 4), round(found.auc or 0, 3)) == (0.7855, 0.773)


@given(outcomes)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, int, int]]) -> None:
    scores, actual, members = columns(rows)
    scored = [(s, a) for s, a, number in rows for _ in range(number)]
    bought = [score for score, count in scored if count]
    others = [score for score, count in scored if not count]
    right = sum((one > other) + (one == other) / 2 for one in bought for other in others)
    expected = right / (len(bought) * len(others)) if bought and others else None
    assert accuracy(scores, actual, members).auc == pytest.approx(expected)


@given(outcomes)
def test_weights_are_repetition(rows: list[tuple[int, int, int]]) -> None:
    predicted, actual, members = columns(rows)
    again, ones = np.repeat((predicted, actual), members, axis=1), np.ones(members.sum())
    assert accuracy(predicted, actual, members) == accuracy(*again, ones)


def test_totals_bias_and_error_are_those_of_the_hand() -> None:
    found = accuracy(np.array([0.5, 2.0]), np.array([0, 4]), np.array([3, 1]))
    assert (found.actual, found.predicted, found.bias_percent) == (4, 3.5, -12.5)
    assert found.mae == (3 * 0.5 + 2.0) / 4
    assert found.auc == 1


def test_without_purchases_there_is_no_bias_and_no_auc() -> None:
    found = accuracy(np.array([0.5]), np.array([0]), np.array([3]))
    assert (found.bias_percent, found.auc) == (None, None)


def test_nobody_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="nobody"):
        accuracy(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
