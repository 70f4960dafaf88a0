"""CSV: UTF-8 (with or without BOM), UTF-16 or GB18030; commas, semicolons or tabs."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress
from regulars.know.imports.readers.source import Refused, broken, reading
from regulars.know.imports.rules import LINE_NO

BLOCK_BYTES = 1 << 24
ENCODINGS = ("utf-8", "gb18030")
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DELIMITERS = ",;\t"


class CsvSource:
    sheet = ""

    def __init__(self, path: Path, where: str) -> None:
        self.path, self.where = path, where
        self._encoding, self._is_quote_open = _examined(path, where)
        with path.open(encoding=self._encoding, newline="") as file:
            self._delimiter = max(DELIMITERS, key=file.readline().count)
            file.seek(0)
            rows = csv.reader(file, delimiter=self._delimiter)
            header = next(rows, [])
            self._header_lines = rows.line_num
        self.columns = [name.removeprefix("\ufeff").strip() for name in header]
        if not any(self.columns):
            raise UserError(_("%(where)s has no header in its first line.") % {"where": where})
        if "" in self.columns:
            message = _("%(where)s: column %(number)s has no name.")
            raise UserError(message % {"where": where, "number": self.columns.index("") + 1})

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        size = self.path.stat().st_size
        lines = _Lines(refused, self._header_lines)
        with pa.OSFile(str(self.path)) as file, self._opened(file, lines) as reader:
            try:
                for batch in reader:
                    yield lines.numbered(batch)
                    progress(reading(self.where), min(file.tell(), size), size)
            except pa.ArrowInvalid as error:
                raise broken(self.where, error) from error
        lines.finish()
        if self._is_quote_open and lines.last_row_breaks:
            message = _("%(where)s: the quotation mark in line %(line)s is never closed.")
            raise UserError(message % {"where": self.where, "line": lines.last_row_line})

    def _opened(self, file: pa.NativeFile, lines: "_Lines") -> pa_csv.CSVStreamingReader:
        try:
            return pa_csv.open_csv(
                file,
                pa_csv.ReadOptions(
                    use_threads=False,  # one thread alone knows the numbers of misfit rows
                    block_size=BLOCK_BYTES,
                    encoding=self._encoding,
                    column_names=self.columns,
                    skip_rows_after_names=1,
                ),
                pa_csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=lines.refuse,
                ),
                pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except pa.ArrowInvalid as error:
            raise broken(self.where, error) from error


class _Lines:
    """Gives rows the line on which they begin: quoted values may span several lines, and rows
    of a wrong width, which Arrow hands over one by one, count too."""

    def __init__(self, refused: list[Refused], header_lines: int) -> None:
        self._refused = refused
        self._misfits: list[Any] = []
        self._next_row = 2
        self._extra_lines = header_lines - 1
        self.last_row_line = 1
        self.last_row_breaks = 0

    def refuse(self, row: Any) -> str:
        self._misfits.append(row)
        return "skip"

    def numbered(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with `line_no`, without its empty rows."""
        if not batch.num_rows:
            return batch.add_column(0, LINE_NO, pa.array([], pa.int64()))
        misfit_rows = np.array([row.number for row in self._misfits], np.int64)
        candidates = np.arange(self._next_row, self._next_row + batch.num_rows + len(misfit_rows))
        rows = np.setdiff1d(candidates, misfit_rows, assume_unique=True)[: batch.num_rows]
        line_no = self._lines_up_to(int(rows[-1]), rows, _line_breaks(batch))
        numbered = batch.add_column(0, LINE_NO, pa.array(line_no))
        return numbered.filter(_is_filled(batch))

    def finish(self) -> None:
        """Account for the misfits after the last good row."""
        if self._misfits:
            none = np.array([], np.int64)
            self._lines_up_to(self._misfits[-1].number, none, none)

    def _lines_up_to(self, last_row: int, rows: Any, breaks: Any) -> Any:
        """The lines of the good `rows`, given the line breaks inside them."""
        start = self._next_row
        inside = np.zeros(last_row + 1 - start, np.int64)
        inside[rows - start] = breaks
        passed = [row for row in self._misfits if row.number <= last_row]
        for row in passed:
            inside[row.number - start] = row.text.count("\n")
        before = self._extra_lines + np.cumsum(inside) - inside
        for row in passed:
            self._quarantine(row, row.number + int(before[row.number - start]))
        self._misfits = self._misfits[len(passed) :]
        self._next_row = last_row + 1
        self._extra_lines = int(before[-1] + inside[-1])
        self.last_row_line, self.last_row_breaks = last_row + int(before[-1]), int(inside[-1])
        return rows + before[rows - start]

    def _quarantine(self, row: Any, line_no: int) -> None:
        if text := row.text.strip():
            widths = f"{row.actual_columns} / {row.expected_columns}"
            self._refused.append(Refused(line_no, "", "wrong_width", widths, {"": text}))


def _examined(path: Path, where: str) -> tuple[str, bool]:
    """The file's encoding, and whether its quotation marks are odd in number."""
    with path.open("rb") as file:
        if file.read(2) in UTF_16_MARKS:
            return "utf-16", False
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        marks = 0
        try:
            for chunk in _chunks(path):
                if b"\0" in chunk:
                    raise broken(where, _("it is not text"))
                decoder.decode(chunk)
                marks += chunk.count(b'"')
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, marks % 2 == 1
    raise broken(where, _("it is neither UTF-8 nor GB18030 text"))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(BLOCK_BYTES):
            yield chunk


def _line_breaks(batch: pa.RecordBatch) -> Any:
    counts = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        counts += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy(zero_copy_only=False)
    return counts


def _is_filled(batch: pa.RecordBatch) -> pa.Array:
    filled = pc.is_valid(batch.column(0))
    for column in batch.columns[1:]:
        filled = pc.or_(filled, pc.is_valid(column))
    return filled
