"""Where a batch's rows stand in the warehouse while it is loaded.

Rows that come from this process are staged in tables named after the batch, so that two batches
never meet, and dropped in the transaction that takes them in.
"""

from typing import Any

import pyarrow as pa
from sqlglot import exp, parse_one

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse.service import Statement, query, stage
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.collect.models import Batch
from regulars.know.loader.decode import Shape

FILE_ROWS = "SELECT * FROM READ_PARQUET(:file, file_row_number = TRUE)"


class Staging:
    """The tables of one batch; `put` adds one, `dropped` removes them all."""

    def __init__(self, batch: Batch, without: pa.Table | None = None) -> None:
        """Rows whose `line_no` stands in `without` are left out."""
        self._batch = batch
        self._without = without
        self._tables: list[exp.Table] = []

    @property
    def row_count(self) -> int:
        """Rows in the batch, good and bad."""
        if self._batch.file:
            return int(self._batch.last_row or 0) - self._batch.first_row
        body = self._batch.body or {}
        return len(body.get("records", body.get("ids", [])))

    def rows(self) -> exp.Query:
        """The relation to decode from: rows of the archived file, or the body's records."""
        relation = self._file_rows() if self._batch.file else self._records()
        if not self._without:
            return relation
        left_out = exp.select("line_no").from_(self.put("left_out", self._without))
        rows = exp.select("*").from_(relation.subquery("rows"))
        return rows.where(exp.column("line_no").isin(query=left_out).not_())

    def shape_of(self, rows: exp.Query) -> Shape:
        described = query(f"DESCRIBE {rows.sql('duckdb')}").to_pylist()
        layout = self._batch.layout
        return Shape.of(
            {row["column_name"]: row["column_type"] for row in described},
            layout,
            is_typed=bool(self._batch.file) and not layout.get("has_line_no"),
        )

    def put(self, name: str, rows: pa.Table) -> exp.Table:
        """Stage Arrow rows; the table to take them from."""
        table = exp.to_table(f"staged_{name}_{self._batch.id.hex}")
        stage(table.name, rows)
        self._tables.append(table)
        return table

    def dropped(self) -> list[Statement]:
        drops = [exp.Drop(tables=[table], kind="TABLE", exists=True) for table in self._tables]
        return [Statement(drop.sql("duckdb")) for drop in drops]

    def _file_rows(self) -> exp.Select:
        """Rows of the span. A file without a `line_no` of its own has its row numbers, from 1."""
        path = exp.Literal.string(str(data_dir() / self._batch.file))
        rows = exp.replace_placeholders(parse_one(FILE_ROWS, dialect="duckdb"), file=path)
        assert isinstance(rows, exp.Select)
        number = exp.column("file_row_number")
        if not self._batch.layout.get("has_line_no"):
            rows = rows.select((number + 1).as_("line_no"))
        return rows.where(number >= self._batch.first_row, number < self._batch.last_row)

    def _records(self) -> exp.Select:
        records: list[dict[str, Any]] = (self._batch.body or {})["records"]
        columns = {
            column.name: pa.array([_text(r.get(column.name)) for r in records], pa.string())
            for column in LAYOUTS[self._batch.kind]
        }
        lines = [record.get("line_no", place) for place, record in enumerate(records, 1)]
        table = self.put("records", pa.table({"line_no": pa.array(lines, pa.int64()), **columns}))
        return exp.select("*").from_(table)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
