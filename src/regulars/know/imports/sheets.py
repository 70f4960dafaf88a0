"""A file of any rows: what columns it has, and one of them line by line."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import silent
from regulars.know.imports.deliveries import opened
from regulars.know.imports.files import SUFFIXES, KindOfFile
from regulars.know.imports.readers.source import Refused
from regulars.know.imports.rules import KindMapping


def column_lines(path: Path, wanted: tuple[str, ...]) -> tuple[str, Iterator[tuple[int, str]]]:
    """The name of the first of the `wanted` columns that a CSV, Excel or Parquet file has, or else
    of its first column; and its values with the numbers of their lines. Raises UserError for a
    file that cannot be read, while the lines are read too."""
    if path.suffix.lower() not in SUFFIXES:
        message = _("%(file)s is not a CSV, Excel (.xlsx) or Parquet file.")
        raise UserError(message % {"file": path.name}, field="file")
    source = opened(KindOfFile("", path), KindMapping())
    by_name = {name.strip().casefold(): name for name in reversed(source.columns)}
    name = next((by_name[each] for each in wanted if each in by_name), source.columns[0])

    place = source.columns.index(name)

    def lines() -> Iterator[tuple[int, str]]:
        refused: list[Refused] = []
        for batch in source.batches(silent, refused):
            numbers, values = (batch.column(at).to_pylist() for at in (0, 1 + place))
            for number, value in zip(numbers, values, strict=True):
                yield number, "" if value is None else str(value)
        for row in refused:
            yield row.line_no, str(next(iter(row.record.values()), ""))

    return name, lines()
