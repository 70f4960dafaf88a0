"""Orders and lines in files of their own: each line gets the columns of its order.

The orders stand in memory meanwhile; flat lines (the order's columns on each line) need no such
pass, which is why they are the faster way in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.ground.kit.progress import Progress
from regulars.know.imports.readers.source import Part, Refused, Source
from regulars.know.imports.rules import LINE_NO

ORDER_ID = "order_id"
FILE = "#file"


class OrderBook:
    """The heads of orders, one row each, by our column names.

    `refused` holds those that cannot be used, by file; of two heads with one id the first counts.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.refused: dict[str, list[Refused]] = {part.name: [] for part in parts}
        self._heads = pa.table({})
        self._is_used: Any = None

    def read(self, progress: Progress) -> None:
        """Read the files, once."""
        if self._is_used is not None:
            return
        heads = pa.concat_tables(
            [self._read_part(part, progress) for part in self.parts], promote_options="permissive"
        ).combine_chunks()
        heads = self._kept(heads, pc.is_valid(heads[ORDER_ID]), "missing")
        numbers = pa.array(np.arange(heads.num_rows, dtype=np.int32))
        first = pc.index_in(heads[ORDER_ID], value_set=heads[ORDER_ID])
        self._heads = self._kept(heads, pc.equal(first, numbers), "duplicate_order")
        self._is_used = np.zeros(self._heads.num_rows, bool)

    def joined(self, lines: pa.RecordBatch, refused: list[Refused]) -> pa.Table:
        """The lines whose order is known, with its columns."""
        place = pc.index_in(lines[ORDER_ID], value_set=self._heads[ORDER_ID], skip_nulls=True)
        is_known = pc.is_valid(place)
        for row in lines.filter(pc.invert(is_known)).to_pylist():
            refused.append(_refused(row, ORDER_ID, "unknown_order"))
        place = place.drop_null()
        self._is_used[place.to_numpy()] = True
        flat = pa.Table.from_batches([lines.filter(is_known)])
        heads = self._heads.take(place)
        for name in heads.column_names:
            if name not in (LINE_NO, FILE, ORDER_ID):
                flat = flat.append_column(name, heads[name])
        return flat

    def refuse_unused(self) -> None:
        """Orders of which no line has come: known once all lines are read."""
        self._kept(self._heads, pa.array(self._is_used), "order_without_lines")

    def _read_part(self, part: Part, progress: Progress) -> pa.Table:
        batches = part.source.batches(progress, self.refused[part.name])
        heads = [_in_our_names(batch, part.layout["columns"]) for batch in batches]
        if not heads:
            names = [LINE_NO, *part.layout["columns"]]
            heads = [
                pa.RecordBatch.from_pylist([], pa.schema((name, pa.string()) for name in names))
            ]
        table = pa.Table.from_batches(heads)
        return table.append_column(FILE, pa.repeat(part.name, table.num_rows))

    def _kept(self, heads: pa.Table, is_good: pa.Array, reason: str) -> pa.Table:
        for row in heads.filter(pc.invert(is_good)).to_pylist():
            self.refused[row.pop(FILE)].append(_refused(row, ORDER_ID, reason))
        return heads.filter(is_good)


class FlatLines:
    """A source of lines, each with the columns of its order, all by our names."""

    def __init__(self, lines: Part, orders: OrderBook) -> None:
        self._lines, self._orders = lines.source, orders
        self._names = lines.layout["columns"]
        self.path, self.sheet = lines.source.path, lines.source.sheet
        self.where = lines.source.where
        self.columns = list(self._names)

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        self._orders.read(progress)
        for batch in self._lines.batches(progress, refused):
            lines = _in_our_names(batch, self._names)
            yield from self._orders.joined(lines, refused).combine_chunks().to_batches()


def flattened(lines: Part, orders: OrderBook) -> Part:
    """The part that lines become beside their orders."""
    layouts = [*(part.layout for part in orders.parts), lines.layout]
    together = {
        name: {ours: each for layout in layouts for ours, each in layout[name].items()}
        for name in ("constants", "formats")
    }
    source: Source = FlatLines(lines, orders)
    layout = {"columns": {}, **together, "has_line_no": True, "file_name": lines.name}
    return Part(lines.name, source, layout)


def _in_our_names(batch: pa.RecordBatch, columns: Mapping[str, str]) -> pa.RecordBatch:
    """`line_no` and the mapped columns; the order's id as text, so that files agree on it."""
    arrays = {LINE_NO: batch[LINE_NO], **{ours: batch[theirs] for ours, theirs in columns.items()}}
    arrays[ORDER_ID] = pc.utf8_trim_whitespace(pc.cast(arrays[ORDER_ID], pa.string()))
    return pa.RecordBatch.from_pydict(arrays)


def _refused(row: dict[str, Any], column: str, reason: str) -> Refused:
    line_no = row.pop(LINE_NO)
    record = {name: str(value) for name, value in row.items() if value is not None}
    return Refused(line_no, column, reason, record.get(column, ""), record)
