"""Whatever the target and the tree, shares add up, and people stay whole."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.understand.metrics.service import CHAIN, RETURNS, Counts, Tree
from regulars.understand.targets.rules import (
    WEIGHTS,
    Places,
    Unsplittable,
    lifted,
    settle,
    split_cents,
    target_counts,
    target_tree,
)

totals = st.integers(-(10**13), 10**13)
amounts = st.integers(0, 10**12)
counts = st.integers(0, 10**7)
shares = st.tuples(*(st.integers(0, 100) for _ in CHAIN)).map(
    lambda given: tuple(zip(CHAIN, given, strict=True))
)


@st.composite
def places(draw: st.DrawFn) -> Places:
    """A tree of any shape: each place hangs under one that was there before it."""
    below: dict[int, list[int]] = {}
    for node in range(1, draw(st.integers(1, 30))):
        below.setdefault(draw(st.integers(0, node - 1)), []).append(node)
    return Places(0, below)


@st.composite
def bases(draw: st.DrawFn) -> Counts:
    """Counts as a part of a tree can have them: who buys is a member and has a ticket."""
    has_members, has_buyers = draw(st.sampled_from([(True, True), (False, True), (False, False)]))
    members = draw(counts)
    buyers = draw(st.integers(0, members)) if has_members else draw(counts)
    tickets = buyers + draw(counts)
    return Counts(
        members if has_members else None,
        buyers if has_buyers else None,
        tickets,
        draw(counts),
        draw(counts),
        draw(st.integers(-(10**9), 10**12)),
    )


def people_of(counted: Counts) -> list[int]:
    return [c for c in (counted.members, counted.buyers, counted.tickets) if c is not None]


@given(totals, st.lists(st.fractions(0, 10**6, max_denominator=1000) | amounts, min_size=1))
def test_shares_add_up_and_none_is_a_cent_from_its_due(
    total: int, weights: list[Fraction | int]
) -> None:
    assume(sum(weights) > 0)
    found = split_cents(total, weights)
    assert sum(found) == total
    for share, weight in zip(found, weights, strict=True):
        assert abs(share - Fraction(total) * weight / sum(weights)) < 1
        assert weight or not share
    if total >= 0:
        assert min(found) >= 0


@given(totals, st.lists(totals, min_size=1))
def test_shares_add_up_where_some_weights_are_returns(total: int, weights: list[int]) -> None:
    assume(sum(weights) > 0)
    assert sum(split_cents(total, weights)) == total


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -3], [-1]])
def test_nothing_is_shared_by_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="nought"):
        split_cents(100, weights)


def test_the_largest_remainders_get_what_is_missing() -> None:
    assert split_cents(100, [1, 1, 1]) == [34, 33, 33]
    assert split_cents(-100, [1, 1, 1]) == [-33, -33, -34]
    assert split_cents(10, [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]) == [5, 3, 2]


def test_a_factor_grows_by_its_weight_and_the_price_takes_up_the_rest() -> None:
    base = Counts(10_000, 4_800, 8_000, 16_000, 32_000, 320_000_000)
    weights = (
        ("members", 50), ("buyers", 25), ("tickets", 25), ("lines", 0), ("units", 0),
        ("net_cents", 0),
    )  # fmt: skip
    grown = target_counts(base, 388_962_000, weights)  # r = 1.21550625 = 1.05 ** 4
    assert grown == Counts(11_025, 5_557, 9_724, 19_448, 38_896, 388_962_000)
    flat = target_counts(base, 388_962_000, tuple((name, 0) for name in CHAIN))
    assert flat == Counts(10_000, 4_800, 8_000, 16_000, 32_000, 388_962_000)


@given(bases(), st.integers(-(10**12), 10**13), shares)
def test_people_stay_whole_and_none_is_negative(
    base: Counts, net_cents: int, weights: tuple[tuple[str, int], ...]
) -> None:
    grown = target_counts(base, net_cents, weights)
    assert grown.net_cents == net_cents
    assert all(isinstance(c, int) and c >= 0 for c in people_of(grown))
    assert (grown.members is None, grown.buyers is None) == (
        base.members is None,
        base.buyers is None,
    )
    if grown.members is not None and grown.buyers is not None:
        assert grown.buyers <= grown.members
    assert grown.tickets >= (grown.buyers or 0)
    if base.is_whole and (net_cents > 0) == (base.net_cents > 0):
        assert grown.is_whole


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), bases()), bases(), totals)
def test_the_leaves_of_any_tree_add_up_to_its_target(
    parts: dict[str, Counts], returns: Counts, total: int
) -> None:
    parts.pop(RETURNS, None)
    base = Tree(parts, returns)
    grown = target_tree(base, total, WEIGHTS)
    if base.net_cents <= 0:
        assert grown is None
        return
    assert grown is not None
    assert grown.net_cents == total
    assert grown.parts.keys() == base.parts.keys()


@given(places(), amounts, st.data())
def test_any_target_splits_over_any_tree_and_splits_again(
    tree: Places, total: int, data: st.DataObject
) -> None:
    nodes = list(tree.down())
    weights = {node: data.draw(st.integers(0, 10**6)) for node in nodes}
    settled = settle(tree, total, weights, {})
    check_sums(tree, settled)
    assert min(settled.values()) >= 0
    again = settle(tree, data.draw(amounts), settled, {})
    check_sums(tree, again)
    same = {node: cents for node, cents in settled.items() if had(tree, node, settled)}
    assert settle(tree, total, settled, {}) == same


@given(places(), amounts, st.data())
def test_a_place_set_by_hand_is_made_up_for_by_its_neighbours(
    tree: Places, total: int, data: st.DataObject
) -> None:
    nodes = list(tree.down())
    now = settle(tree, total, {node: data.draw(st.integers(1, 10**6)) for node in nodes}, {})
    fixed = {data.draw(st.sampled_from(nodes)): data.draw(amounts)}
    try:
        after = now | settle(tree, fixed.get(0, total), now, fixed, now)
    except Unsplittable as error:
        assert all(now[c] == 0 or c in fixed for c in tree.below[error.node]) or not now[error.node]
        return
    check_sums(tree, after)
    assert fixed.items() <= after.items()


@given(places(), amounts, st.data())
def test_a_place_set_by_hand_lifts_those_above_it_and_no_neighbour(
    tree: Places, total: int, data: st.DataObject
) -> None:
    nodes = list(tree.down())
    now = settle(tree, total, {node: data.draw(st.integers(1, 10**6)) for node in nodes}, {})
    node = data.draw(st.sampled_from(nodes))
    fixed = lifted(tree, now, {node: data.draw(amounts)})
    try:
        after = now | settle(tree, fixed.get(0, total), now, fixed, now)
    except Unsplittable as error:
        assert not any(now[child] for child in tree.below[error.node])
        return
    check_sums(tree, after)
    touched = set(fixed) | set(tree.down(node))
    assert all(after[each] == now[each] for each in nodes if each not in touched)


def had(tree: Places, node: int, settled: dict[int, int]) -> bool:
    """Whether it and every place above it has something, by which it is given the same again."""
    above = tree.above()
    while node in above:
        if settled[node] == 0:
            return False
        node = above[node]
    return True


def check_sums(tree: Places, settled: dict[int, int]) -> None:
    for node, children in tree.below.items():
        given_to = [settled[child] for child in children if child in settled]
        if node in settled and given_to:
            assert sum(given_to) == settled[node]
