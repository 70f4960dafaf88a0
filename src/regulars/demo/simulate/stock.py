"""What stands on the shelves at the close of each of the last days."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.demo.simulate.arrays import Bools, Ints, chance
from regulars.demo.simulate.baskets import Lines
from regulars.demo.simulate.causes import Causes
from regulars.demo.simulate.columns import dates, words
from regulars.demo.simulate.needs import REPLENISHED
from regulars.demo.simulate.tickets import Tickets
from regulars.demo.simulate.world import World
from regulars.demo.simulate.writer import PARQUET

FULL_SHELF = 24
DELIVERY_EVERY_DAYS = 7
SCHEMA = pa.schema([
    ("stock_on", pa.date32()), ("store_id", pa.string()),
    ("product_id", pa.string()), ("quantity", pa.int32()),
])  # fmt: skip


class StockWriter:
    """Packs of what families use up, by store and product. Each store is filled up once a week,
    and at once where a shelf would run empty; a planted cause empties it, and of each delivery
    `missing` of the goods do not come (a share of 0 to 1): there is none of them until the next.
    With it all that is not weighed is written, for pages that say what stands in a store."""

    def __init__(
        self, folder: Path, world: World, causes: Causes, days: int, missing: float = 0.0
    ) -> None:
        self._world, self._causes, self._missing = world, causes, missing
        self._first = world.plan.days - days
        catalogue = world.catalogue
        is_kept = (catalogue.need < REPLENISHED) | (missing > 0)
        self._products = np.flatnonzero(is_kept & ~catalogue.is_weighed)
        self._on_hand = np.full((world.chain.size, len(catalogue.need)), FULL_SHELF, np.int32)
        self._file = pq.ParquetWriter(folder / "stock.parquet", SCHEMA, **PARQUET)
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: Any) -> None:
        self._file.close()

    def add(self, tickets: Tickets, lines: Lines, day: int) -> None:
        """Move the stock by a day's lines; write it if the day is among the last."""
        if day < self._first:
            return
        np.subtract.at(self._on_hand, (tickets.store[lines.row], lines.product), lines.quantity)
        stores = np.arange(self._world.chain.size)
        delivered = (stores + day) % DELIVERY_EVERY_DAYS == 0
        self._on_hand[delivered] = np.maximum(self._on_hand[delivered], FULL_SHELF)
        self._on_hand[self._on_hand <= 0] = FULL_SHELF
        open_stores = stores[self._world.chain.is_open(stores, day)]
        self._write(open_stores, day)

    def _not_come(self, store: Ints, product: Ints, day: int) -> Bools:
        delivery = (store + day) // DELIVERY_EVERY_DAYS
        number = (delivery * self._world.chain.size + store) * self._on_hand.shape[1] + product
        return np.asarray(chance(number, self._world.plan.seed) < self._missing)

    def _write(self, stores: Ints, day: int) -> None:
        store = np.repeat(stores, len(self._products))
        product = np.tile(self._products, len(stores))
        gone = self._causes.out_of_stock(store, product, day) | self._not_come(store, product, day)
        quantity = np.where(gone, 0, self._on_hand[store, product])
        table = pa.table({
            "stock_on": dates(self._world.plan, np.full(len(store), day)),
            "store_id": words(store, self._world.chain.store_ids),
            "product_id": words(product, self._world.catalogue.product_ids),
            "quantity": pa.array(quantity, pa.int32()),
        })  # fmt: skip
        self._file.write_table(table.cast(SCHEMA))
        self.rows += len(table)
