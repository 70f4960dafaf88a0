"""The search for causes on chains drawn by chance: finds what was planted, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from regulars.understand.diagnosis.causes import THRESHOLD, Cause
from regulars.understand.diagnosis.cube import Cube
from regulars.understand.diagnosis.expectation import expect, families_of
from regulars.understand.diagnosis.places import Groups, Places, Shaken
from regulars.understand.diagnosis.scan import causes_of
from regulars.understand.diagnosis.search import Search
from regulars.understand.diagnosis.untangling import untangle
from regulars.understand.metrics.service import PARTS

STORES, BRANCHES, MONTHS, CATEGORIES = 24, 4, 16, 3
ROOT = 1_000
ACTIVE = PARTS.index("active_old")


def chain(seed: int) -> Cube:
    """Stores of different sizes, all of whom the same months move."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0, 0.3, STORES)[:, None, None]
    month = 1 + 0.15 * np.sin(np.arange(MONTHS))
    members = rng.poisson(400 * size * np.ones((STORES, len(PARTS), MONTHS)))
    buyers = rng.binomial(members, np.minimum(0.35 * month, 1))
    tickets = buyers + rng.poisson(0.6 * buyers)
    baskets = rng.poisson(0.7 * tickets[:, :, None, :] * np.ones((1, 1, CATEGORIES, 1)))
    lines = baskets.sum(1)
    units = lines + rng.poisson(0.4 * lines)
    net = np.round(units * 5_000 * rng.normal(1, 0.01, units.shape))
    places = np.stack([members, buyers, tickets, tickets * 20_000])
    places[:2, :, PARTS.index("non_member")] = 0
    return Cube(
        np.arange(STORES),
        np.arange(CATEGORIES),
        places.astype(np.int64),
        np.stack([lines, units, net]).astype(np.int64),
        baskets.sum(0).astype(np.int64),
        np.full(MONTHS, 30.0),
    )


def places() -> Places:
    inside = np.zeros((STORES + BRANCHES, STORES))
    inside[:STORES] = np.eye(STORES)
    for store in range(STORES):
        inside[STORES + store % BRANCHES, store] = 1
    kinds = ("store",) * STORES + ("branch",) * BRANCHES
    return Places(tuple(range(STORES + BRANCHES)), kinds, sparse.csr_matrix(inside))


GROUPS = Groups({None: (0, 1, 2), 10: (0,), 11: (1,), 12: (2,)})


def causes(cube: Cube) -> list[Cause]:
    return causes_of(cube, places(), GROUPS, ROOT)


def losing(cube: Cube, stores: list[int], times: float) -> Cube:
    """Active old members stay away from some stores in the last month, with what they took home."""
    kept, goods, baskets = cube.places.copy(), cube.goods.copy(), cube.baskets.copy()
    for store in stores:
        before = kept[2, store, :, -1].sum()
        gone = kept[2, store, ACTIVE, -1] * (1 - times)
        kept[1:, store, ACTIVE, -1] = kept[1:, store, ACTIVE, -1] * times
        baskets[ACTIVE, :, -1] -= (goods[0, store, :, -1] * gone / before).astype(np.int64)
        goods[:, store, :, -1] = goods[:, store, :, -1] * (1 - gone / before)
    return replace(cube, places=kept, goods=goods, baskets=baskets)


def repriced(cube: Cube, category: int, times: float) -> Cube:
    goods = cube.goods.copy()
    goods[2, :, category, -1] = goods[2, :, category, -1] * times
    return replace(cube, goods=goods)


def test_a_store_that_falls_alone_is_named_and_not_its_branch() -> None:
    first = causes(losing(chain(1), [5], 0.5))[0]
    assert (first.node, first.factor, first.keys) == (5, "buyers", (ACTIVE,))
    assert first.is_raised
    assert first.change == pytest.approx(-0.5, abs=0.15)


def test_a_branch_that_falls_evenly_is_named_and_not_its_stores() -> None:
    stores = [store for store in range(STORES) if store % BRANCHES == 2]
    found = [cause for cause in causes(losing(chain(2), stores, 0.75)) if cause.is_raised]
    assert [(cause.node, cause.factor) for cause in found] == [(STORES + 2, "buyers")]


def test_a_category_of_the_whole_chain_is_named() -> None:
    found = [cause for cause in causes(repriced(chain(3), 1, 0.8)) if cause.is_raised]
    assert (found[0].node, found[0].group, found[0].factor) == (ROOT, 11, "net_cents")


def test_two_causes_that_offset_each_other_are_both_named() -> None:
    cube = losing(losing(chain(4), [3], 0.4), [7], 1.5)
    found = {cause.node: np.sign(cause.excess_cents) for cause in causes(cube) if cause.is_raised}
    assert found == {3: -1, 7: 1}


def test_nothing_is_raised_where_nothing_happened() -> None:
    raised = sum(any(cause.is_raised for cause in causes(chain(seed))) for seed in range(10, 30))
    assert raised <= 1


def test_what_a_neighbour_s_closing_explains_is_not_raised() -> None:
    cube = losing(chain(5), [9], 1.6)
    assert not raised_beside(cube, {9: frozenset({1})})
    assert raised_beside(cube, {9: frozenset({-1})})


@pytest.mark.parametrize("times", [0.4, 1.6])
def test_beside_a_closing_and_an_opening_nothing_is_raised_either_way(times: float) -> None:
    assert not raised_beside(losing(chain(5), [9], times), {9: frozenset({-1, 1})})


def test_who_shares_less_in_a_neighbour_s_closing_is_not_raised_for_it() -> None:
    others = [store for store in range(STORES) if store % BRANCHES == 2 and store != 6]
    cube = losing(chain(6), others, 2.5)
    closed = dict.fromkeys([STORES + 2, 6, *others], frozenset({1}))
    assert not raised_beside(cube, closed)


def test_what_has_no_past_of_its_own_is_not_raised() -> None:
    cube = losing(chain(7), [4], 0.4)
    assert raised_beside(cube, {})
    new = replace(cube, places=cube.places.copy())
    new.places[:, :, ACTIVE, :-3] = 0
    assert not [cause for cause in raised_beside(new, {}) if cause.keys == (ACTIVE,)]


def test_a_branch_is_not_raised_for_what_a_closing_brought_to_some_of_its_stores() -> None:
    risen = [6, 10, 14, 18]
    cube = losing(chain(8), risen, 1.6)
    assert STORES + 2 in {cause.node for cause in raised_beside(cube, {})}
    assert not raised_beside(cube, dict.fromkeys(risen, frozenset({1})))


def test_where_nothing_opened_or_closed_nothing_is_explained_by_it() -> None:
    only = Groups({None: (0, 1, 2)})
    for size in (1, 2, 3):
        cube = losing(chain(8), [size], 0.2)
        first = causes_of(cube, places(), only, ROOT)[0]
        assert (first.node, first.is_raised, first.is_explained) == (size, True, False)


def test_one_who_comes_every_other_day_is_no_change_in_how_often_people_come() -> None:
    cube = chain(9)
    few = replace(cube, places=cube.places.copy())
    few.places[:, 4] //= 8
    few.places[2, 4, ACTIVE] = few.places[1, 4, ACTIVE]
    few.places[2, 4, ACTIVE, -1] += 40
    assert few.places[1, 4, ACTIVE, -1] < 30
    assert not [cause for cause in raised_beside(few, {}) if cause.factor == "tickets"]


def raised_beside(cube: Cube, shaken: Shaken) -> list[Cause]:
    found = causes_of(cube, replace(places(), shaken=shaken), GROUPS, ROOT)
    return [cause for cause in found if cause.is_raised]


@pytest.mark.parametrize("seed", range(4))
def test_who_begins_with_the_second_best_ends_with_the_best(seed: int) -> None:
    told = next(f for f in families_of(losing(chain(seed), [6], 0.3)) if f.factor == "buyers")
    every = tuple(range(len(told.keys)))
    search = Search(expect(told), places(), [*((None, (key,)) for key in every), (None, every)])
    best = search.strongest()
    search.take_as_known(search.strongest(but=best))
    while (cause := search.strongest()).evidence >= THRESHOLD:
        search.take_as_known(cause)
    assert len(search.taken) > 1
    assert untangle(search)
    assert [cause.about for cause in search.taken] == [best.about]
    assert best.node == 6


def test_a_branch_is_not_named_for_its_one_large_store() -> None:
    branch = [store for store in range(STORES) if store % BRANCHES == 2 and store != 6]
    cube = chain(0)
    grown = replace(cube, places=cube.places.copy(), goods=cube.goods.copy())
    grown.places[:, 6] *= 3
    grown.goods[:, 6] *= 3
    found = causes(losing(losing(grown, [6], 0.5), branch, 0.9))
    assert [cause.node for cause in found if cause.is_raised] == [6]


def test_two_that_are_needed_both_stay() -> None:
    branch = [store for store in range(STORES) if store % BRANCHES == 2 and store != 6]
    cube = losing(losing(chain(2), branch, 0.6), [6], 0.1)
    found = {cause.node for cause in causes(cube) if cause.is_raised}
    assert found == {6, STORES + 2}
