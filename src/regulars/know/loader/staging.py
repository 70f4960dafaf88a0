"""Where the rows of batches stand in the warehouse while these are loaded.

Rows that come from this process are staged in tables named after the first batch, so that two loads
never meet, and dropped in the transaction that takes them in.
"""

from typing import Any

import pyarrow as pa
from sqlglot import exp, parse_one

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse.service import Statement, query, stage
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.collect.models import Batch
from regulars.know.loader.decode import OF_BATCH, Shape

FILE_ROWS = "SELECT * FROM READ_PARQUET(:file, file_row_number = TRUE)"


class Staging:
    """The tables of batches that go in `together`: of rows of one file, or of the records of any
    number of requests. `put` adds a table, `dropped` removes them all."""

    def __init__(self, *batches: Batch, without: pa.Table | None = None) -> None:
        """Rows that stand in `without` (batch_id, line_no) are left out."""
        self.batches = batches
        self._first = batches[0]
        self._without = without
        self._tables: list[exp.Table] = []

    @property
    def row_counts(self) -> list[tuple[Batch, int]]:
        """Rows in each batch, good and bad."""
        return [(batch, _count_rows(batch)) for batch in self.batches]

    def rows(self) -> exp.Query:
        """The relation to decode from, with `line_no` and `OF_BATCH`: rows of the archived file, or
        the bodies' records."""
        relation = self._file_rows() if self._first.file else self._records()
        if not self._without:
            return relation
        left_out = self.put("left_out", self._without.rename_columns([OF_BATCH, "line_no"]))
        rows = exp.select("*").from_(relation.subquery("rows"))
        return rows.join(left_out, using=[OF_BATCH, "line_no"], join_type="anti")

    def shape_of(self, rows: exp.Query) -> Shape:
        described = query(f"DESCRIBE {rows.sql('duckdb')}").to_pylist()
        layout = self._first.layout
        return Shape.of(
            {row["column_name"]: row["column_type"] for row in described},
            layout,
            is_typed=bool(self._first.file) and not layout.get("has_line_no"),
        )

    def put(self, name: str, rows: pa.Table) -> exp.Table:
        """Stage Arrow rows; the table to take them from."""
        table = exp.to_table(f"staged_{name}_{self._first.id.hex}")
        stage(table.name, rows)
        self._tables.append(table)
        return table

    def dropped(self) -> list[Statement]:
        drops = [exp.Drop(tables=[table], kind="TABLE", exists=True) for table in self._tables]
        return [Statement(drop.sql("duckdb")) for drop in drops]

    def _file_rows(self) -> exp.Select:
        """Rows of the span. A file without a `line_no` of its own has its row numbers, from 1."""
        batch = self._first
        path = exp.Literal.string(str(data_dir() / batch.file))
        rows = exp.replace_placeholders(parse_one(FILE_ROWS, dialect="duckdb"), file=path)
        assert isinstance(rows, exp.Select)
        number = exp.column("file_row_number")
        if not batch.layout.get("has_line_no"):
            rows = rows.select((number + 1).as_("line_no"))
        rows = rows.select(exp.Literal.string(str(batch.id)).as_(OF_BATCH))
        return rows.where(number >= batch.first_row, number < batch.last_row)

    def _records(self) -> exp.Select:
        records = [
            (str(batch.id), record.get("line_no", place), record)
            for batch in self.batches
            for place, record in enumerate(batch.records, 1)
        ]
        ids, lines, told = zip(*records, strict=True) if records else ((), (), ())
        columns = {
            column.name: pa.array([_text(r.get(column.name)) for r in told], pa.string())
            for column in LAYOUTS[self._first.kind]
        }
        numbers = {OF_BATCH: pa.array(ids, pa.string()), "line_no": pa.array(lines, pa.int64())}
        return exp.select("*").from_(self.put("records", pa.table(numbers | columns)))


def _count_rows(batch: Batch) -> int:
    if batch.file:
        return int(batch.last_row or 0) - batch.first_row
    return len(batch.records or (batch.body or {}).get("ids", []))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
