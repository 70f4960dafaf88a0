"""The reject file: each row that did not go in, where it stood, what is wrong, and all of it.

Its own columns begin with `#`, which the import leaves out: mend the others, and bring it again.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from regulars.know.collect.layouts import LAYOUTS
from regulars.know.collect.models import Reject
from regulars.know.collect.reasons import explain
from regulars.know.imports.models import Import

OWN_COLUMNS = ("#file", "#line", "#column", "#reason", "#value")
ROWS_AT_ONCE = 2_000
MOST_ROWS_OF_A_SHEET = 1_048_575


def rejects_csv(import_: Import) -> Iterator[bytes]:
    """The reject file as CSV, piece by piece; UTF-8 with a mark, so that Excel knows it."""
    yield "\ufeff".encode()
    line = io.StringIO()
    writer = csv.writer(line)
    for row in _rows(import_):
        writer.writerow(row)
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def write_rejects_xlsx(import_: Import, path: Path) -> None:
    """The reject file as a workbook, every cell text: ids keep their zeros, formulas stay asleep.

    A sheet ends after 1,048,575 rows, and so does this file; `rejects_csv` has no end.
    """
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(import_.kind)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_rows(import_)):
            if number > MOST_ROWS_OF_A_SHEET:
                break
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)


def _rows(import_: Import) -> Iterator[list[str]]:
    """The header, then one row a reject, in the order of the file."""
    rejects = Reject.objects.filter(batch__import_id=import_.pk).exclude(
        state=Reject.State.REPLAYED
    )
    columns = [column.name for column in LAYOUTS[import_.kind]]
    yield [*OWN_COLUMNS, *columns]
    in_order = rejects.select_related("batch").order_by("batch_id", "line_no", "column")
    for reject in in_order.iterator(ROWS_AT_ONCE):
        record = reject.record
        if reject.column in columns and record.get(reject.column) is None:
            record[reject.column] = reject.value
        yield [
            reject.batch.layout.get("file_name", import_.file_name),
            str(reject.line_no),
            reject.column,
            explain(reject.reason),
            reject.value,
            *(_text(record.get(name)) for name in columns),
        ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
