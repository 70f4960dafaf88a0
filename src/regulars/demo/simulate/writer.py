"""Writes lines as they come, in Parquet parts of a bounded size."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.demo.simulate.arrays import Ints
from regulars.demo.simulate.baskets import Lines
from regulars.demo.simulate.columns import DAY_US, ids, words
from regulars.demo.simulate.tickets import CHANNELS, NOBODY, Tickets
from regulars.demo.simulate.world import World

ROW_GROUP = 500_000
ROWS_A_FILE = 5_000_000
PARQUET = {"compression": "zstd", "store_schema": False}
TICKET_COLUMNS = ("number", "member", "store", "staff", "channel", "original")
LINE_COLUMNS = (
    "product", "quantity", "net", "list", "discount_chain", "discount_brand",
    "discount_supplier", "points", "stored_value", "cost",
)  # fmt: skip
DISTINCT_COLUMNS = ("order_id", "member_id")
"""Texts that hardly repeat: a dictionary of them would only cost time."""


class LineWriter:
    """Collects days until a row group is full; a file ends after ten of them. Encoding one row
    group overlaps with living through the days of the next; no more than one waits."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder, self._plan = folder, world.plan
        self._stores, self._staff = world.chain.store_ids, world.staff.ids
        self._products = world.catalogue.product_ids
        self._days: list[dict[str, Ints]] = []
        self._waiting = self._in_file = self._files = 0
        self._file: pq.ParquetWriter | None = None
        self._encoder = ThreadPoolExecutor(max_workers=1)
        self._encoding: Future[None] | None = None
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_details: Any) -> None:
        try:
            if failure is None:
                self._flush()
                self._finish_encoding()
        finally:
            self._encoder.shutdown()
            if self._file:
                self._file.close()

    def add(self, tickets: Tickets, lines: Lines, day: int) -> None:
        """One day's lines; they are put in the order of time, a ticket's lines together."""
        lines = lines.take(np.argsort(tickets.second[lines.row], kind="stable"))
        columns = {name: getattr(tickets, name)[lines.row] for name in TICKET_COLUMNS}
        columns |= {name: getattr(lines, name) for name in LINE_COLUMNS}
        start = (self._plan.epoch_day + day) * DAY_US
        columns["sold_at"] = start + tickets.second[lines.row].astype(np.int64) * 1_000_000
        self._days.append(columns)
        self._waiting += len(lines)
        self.rows += len(lines)
        if self._waiting >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._days:
            return
        self._finish_encoding()
        self._encoding = self._encoder.submit(self._encode, self._days)
        self._days, self._waiting = [], 0

    def _finish_encoding(self) -> None:
        if self._encoding:
            self._encoding.result()

    def _encode(self, days: list[dict[str, Ints]]) -> None:
        table = self._table({
            name: np.concatenate([day[name] for day in days]) for name in days[0]
        })  # fmt: skip
        if self._file is None:
            self._file = self._next_file(table.schema)
        self._file.write_table(table)
        self._in_file += len(table)
        if self._in_file >= ROWS_A_FILE:
            self._file.close()
            self._file, self._in_file = None, 0

    def _next_file(self, schema: pa.Schema) -> pq.ParquetWriter:
        self._files += 1
        path = self._folder / f"lines-{self._files:05d}.parquet"
        repeating = [name for name in schema.names if name not in DISTINCT_COLUMNS]
        return pq.ParquetWriter(path, schema, use_dictionary=repeating, **PARQUET)

    def _table(self, column: dict[str, Ints]) -> pa.Table:
        is_return = column["original"] != NOBODY
        order = ids("T", column["number"], 9)
        returned = ids("R", column["number"], 9)
        money = {f"{name}_cents": pa.array(column[name], pa.int64()) for name in LINE_COLUMNS[2:]}
        return pa.table({
            "order_id": pc.if_else(pa.array(is_return), returned, order),
            "sold_at": pa.array(column["sold_at"]).view(pa.timestamp("us")),
            "store_id": words(column["store"], self._stores),
            "member_id": ids("M", column["member"] + 1, 8, column["member"] != NOBODY),
            "staff_id": words(column["staff"], self._staff, column["staff"] != NOBODY),
            "channel": words(column["channel"], list(CHANNELS)),
            "original_order_id": ids("T", column["original"], 9, is_return),
            "product_id": words(column["product"], self._products),
            "quantity": pa.array(column["quantity"], pa.int32()),
            **money,
        })  # fmt: skip
