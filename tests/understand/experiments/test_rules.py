"""Chance, block by block; what may be measured."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ground.kit.errors import UserError
from regulars.understand.experiments.rules import (
    BLOCK,
    check_outcome,
    check_rate,
    check_window,
    held_out_at,
)

RATES = [Decimal(step) / 20 for step in range(11)]
rates = st.sampled_from(RATES)
salts = st.text(max_size=12)


@given(salts, rates, st.lists(st.integers(0, 4_000), min_size=1, max_size=5, unique=True))
def test_every_block_of_a_store_holds_out_exactly_the_share(
    salt: str, rate: Decimal, stores: list[int]
) -> None:
    places = np.tile(np.arange(5 * BLOCK), len(stores))
    held = held_out_at(salt, rate, np.repeat(stores, 5 * BLOCK), places)
    assert (held.reshape(-1, BLOCK).sum(axis=1) == rate * BLOCK).all()


@settings(max_examples=20)
@given(salts, rates, st.permutations(range(3 * BLOCK)))
def test_an_arm_depends_on_salt_store_and_place_alone(
    salt: str, rate: Decimal, places: list[int]
) -> None:
    stores = np.full(len(places), 7)
    at_once = held_out_at(salt, rate, stores, np.array(places))
    one_by_one = [bool(held_out_at(salt, rate, [7], [place])[0]) for place in places]
    assert at_once.tolist() == one_by_one


def test_every_place_of_a_block_is_held_out_as_often_as_any_other() -> None:
    stores, places = np.repeat(np.arange(20_000), BLOCK), np.tile(np.arange(BLOCK), 20_000)
    held = held_out_at("salt", Decimal("0.1"), stores, places).reshape(-1, BLOCK)
    assert np.abs(held.mean(axis=0) - 0.1).max() < 5 * np.sqrt(0.09 / 20_000)


@given(salts, salts)
def test_another_salt_is_another_chance(one: str, other: str) -> None:
    stores, places = np.repeat(np.arange(50), BLOCK), np.tile(np.arange(BLOCK), 50)
    same = (
        held_out_at(one, Decimal("0.5"), stores, places)
        == held_out_at(other, Decimal("0.5"), stores, places)
    )  # fmt: skip
    assert same.all() == (one == other)


@pytest.mark.parametrize("rate", RATES)
def test_steps_of_five_percent_up_to_half_may_be_held_out(rate: Decimal) -> None:
    check_rate(rate)


@pytest.mark.parametrize("rate", ["-0.05", "0.07", "0.55", "1"])
def test_other_shares_are_refused(rate: str) -> None:
    with pytest.raises(UserError) as refused:
        check_rate(Decimal(rate))
    assert refused.value.field == "holdout_rate"


@pytest.mark.parametrize(
    "outcome",
    [{"kind": "purchase"}, {"kind": "category", "code": "Milk"}, {"kind": "event", "name": "x"}],
)
def test_purchases_categories_and_events_count(outcome: dict[str, Any]) -> None:
    check_outcome(outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        {},
        {"kind": "visit"},
        {"kind": "category"},
        {"kind": "event", "name": " "},
        {"kind": "purchase", "code": "Milk"},
    ],
)
def test_nothing_else_counts(outcome: dict[str, Any]) -> None:
    with pytest.raises(UserError) as refused:
        check_outcome(outcome)
    assert refused.value.field == "outcome"


@pytest.mark.parametrize("days", [0, 91])
def test_a_window_has_bounds(days: int) -> None:
    with pytest.raises(UserError):
        check_window(days)
