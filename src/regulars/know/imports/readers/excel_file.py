"""Excel workbooks: one sheet, its first filled row the header."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress
from regulars.know.imports.readers.source import Refused, broken, reading
from regulars.know.imports.rules import LINE_NO, suggestion

ROWS_A_BATCH = 20_000
LARGEST_EXACT = 10**15
"""Excel keeps 15 digits of a number: a longer id in a cell of numbers has lost its end."""

Row = list[Any]


class ExcelSource:
    """The sheet called `sheet`, or else like the kind, or else the first with anything in it."""

    def __init__(self, path: Path, where: str, kind: str, sheet: str = "") -> None:
        self.path = path
        try:
            book = python_calamine.CalamineWorkbook.from_path(path)
            self.sheet = _chosen(book, where, kind, sheet)
            self._sheet = book.get_sheet_by_name(self.sheet)
            numbered = self._numbered_rows()
            self._header_line, header = next(numbered, (0, []))
        except python_calamine.CalamineError as error:
            raise broken(where, error) from error
        self.where = _("%(file)s, sheet “%(sheet)s”") % {"file": where, "sheet": self.sheet}
        if not header:
            raise UserError(_("%(where)s is empty.") % {"where": self.where})
        self.columns = _names(header, self.where)

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        rows = islice(self._numbered_rows(), 1, None)
        schema = pa.schema([(LINE_NO, pa.int64()), *((name, pa.string()) for name in self.columns)])
        while part := list(islice(rows, ROWS_A_BATCH)):
            whole = [(line, row) for line, row in part if not self._refuse(line, row, refused)]
            lines = pa.array([line for line, _row in whole], pa.int64())
            cells = [
                pa.array([_text(row[place]) for _line, row in whole], pa.string())
                for place in range(len(self.columns))
            ]
            yield pa.RecordBatch.from_arrays([lines, *cells], schema=schema)
            progress(reading(self.where), part[-1][0], self._sheet.total_height)

    def _numbered_rows(self) -> Iterator[tuple[int, Row]]:
        for line, row in enumerate(self._sheet.iter_rows(), 1):
            if any(cell != "" for cell in row):
                yield line, row

    def _refuse(self, line: int, row: Row, refused: list[Refused]) -> bool:
        width = len(self.columns)
        record = dict(zip(self.columns, map(_text, row), strict=False))
        if any(cell != "" for cell in row[width:]):
            refused.append(Refused(line, "", "wrong_width", "", record))
            return True
        for name, cell in zip(self.columns, row, strict=False):
            if isinstance(cell, float) and abs(cell) >= LARGEST_EXACT:
                refused.append(Refused(line, name, "too_many_digits", _text(cell) or "", record))
                return True
        return False


def _chosen(book: python_calamine.CalamineWorkbook, where: str, kind: str, sheet: str) -> str:
    names = book.sheet_names
    if sheet and sheet not in names:
        message = _("%(file)s has no sheet “%(sheet)s”; it has %(sheets)s%(hint)s.")
        facts = {"sheets": ", ".join(names), "hint": suggestion(sheet, names)}
        raise UserError(message % {"file": where, "sheet": sheet, **facts})
    if sheet:
        return sheet
    like_kind = [name for name in names if name.strip().lower() == kind]
    filled = [name for name in names if book.get_sheet_by_name(name).start is not None]
    return (like_kind or filled or names)[0]


def _names(header: Sequence[Any], where: str) -> list[str]:
    names = [(_text(cell) or "").strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if "" in names:
        message = _("%(where)s: column %(number)s has no name.")
        raise UserError(message % {"where": where, "number": names.index("") + 1})
    return names


def _text(cell: Any) -> str | None:
    """A cell as one would type it into a CSV file."""
    if cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
