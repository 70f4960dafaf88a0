"""Counts of all stores, month after month, as arrays: what the search for causes looks at.

Who comes, and how often, is counted by store and part; what is in the basket and at which price, by
store and category. Together they multiply to the money of each store, part by part and category by
category: `G = N × B/N × T/B × L/T × Q/L × G/Q`, the goods' factors of each category by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.understand.metrics.service import PARTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PLACE_COUNTS = ("members", "buyers", "tickets", "net_cents")
GOODS_COUNTS = ("lines", "units", "net_cents")


@dataclass(frozen=True)
class Cube:
    """`places[count, store, part, month]` and `goods[count, store, category, month]`, integers;
    `baskets[part, category, month]` are the whole chain's lines. The last month is the period that
    is looked at; `busy` says how much of an ordinary day's trade each month's calendar holds."""

    stores: Ints
    categories: Ints
    places: Ints
    goods: Ints
    baskets: Ints
    busy: Floats

    @property
    def months(self) -> int:
        return int(self.places.shape[-1])

    def place(self, count: str) -> Ints:
        return np.asarray(self.places[PLACE_COUNTS.index(count)])

    def good(self, count: str) -> Ints:
        return np.asarray(self.goods[GOODS_COUNTS.index(count)])


@dataclass(frozen=True)
class Month:
    """One period's counts: a row a store and part; a store and category; a part and category."""

    places: pa.Table
    goods: pa.Table
    baskets: pa.Table


def cube_of(
    stores: Sequence[int],
    categories: Sequence[int],
    months: Sequence[Month],
    busy: Sequence[float],
) -> Cube:
    """A cube out of the months' counts; rows of other stores and categories are left out."""
    store_ids, category_ids = np.unique(np.array(stores)), np.unique(np.array(categories))
    size, goods_size, span = len(store_ids), len(category_ids), len(months)
    places = np.zeros((len(PLACE_COUNTS), size, len(PARTS), span), dtype=np.int64)
    goods = np.zeros((len(GOODS_COUNTS), size, goods_size, span), dtype=np.int64)
    baskets = np.zeros((len(PARTS), goods_size, span), dtype=np.int64)
    for number, month in enumerate(months):
        at, is_store = _found(store_ids, month.places, "store_id")
        part, is_part = _parts(month.places)
        _put(places[..., number], month.places, PLACE_COUNTS, (at, part), is_store & is_part)
        at, is_store = _found(store_ids, month.goods, "store_id")
        category, is_kept = _found(category_ids, month.goods, "category_id")
        _put(goods[..., number], month.goods, GOODS_COUNTS, (at, category), is_store & is_kept)
        category, is_kept = _found(category_ids, month.baskets, "category_id")
        part, is_part = _parts(month.baskets)
        known = is_kept & is_part
        lines = _column(month.baskets, "lines")
        baskets[part[known], category[known], number] = lines[known]
    return Cube(store_ids, category_ids, places, goods, baskets, np.array(busy, dtype=np.float64))


def without(cube: Cube, stores: Sequence[int]) -> Cube:
    """The cube less some stores."""
    left = ~np.isin(cube.stores, np.array(list(stores), dtype=np.int64))
    return Cube(
        cube.stores[left],
        cube.categories,
        cube.places[:, left],
        cube.goods[:, left],
        cube.baskets,
        cube.busy,
    )


def _put(
    target: Ints, rows: pa.Table, names: Sequence[str], at: tuple[Ints, Ints], known: Bools
) -> None:
    first, second = (each[known] for each in at)
    for number, name in enumerate(names):
        target[number, first, second] = _column(rows, name)[known]


def _found(ids: Ints, rows: pa.Table, name: str) -> tuple[Ints, Bools]:
    """Where each row's id stands among the ids, and whether it does."""
    wanted = _column(rows, name)
    at = np.minimum(np.searchsorted(ids, wanted), max(len(ids) - 1, 0))
    return at, ids[at] == wanted if len(ids) else np.zeros(len(wanted), dtype=np.bool_)


def _parts(rows: pa.Table) -> tuple[Ints, Bools]:
    numbers = {part: number for number, part in enumerate(PARTS)}
    encoded = rows.column("part").combine_chunks().dictionary_encode()
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
    known = [numbers.get(part, -1) for part in encoded.dictionary.to_pylist()] or [-1]
    at = np.array(known)[encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)]
    return at, at >= 0


def _column(rows: pa.Table, name: str) -> Ints:
    column = rows.column(name).combine_chunks().fill_null(0)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)
