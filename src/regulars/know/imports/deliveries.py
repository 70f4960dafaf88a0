"""What someone brings: of each kind one delivery, in one file or several parts.

Everything is opened and every header checked before anything is stored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.know.collect.layouts import (
    LAYOUTS,
    LINE_COLUMNS,
    ORDER_COLUMNS,
    Column,
    phone_columns,
)
from regulars.know.imports.files import KindOfFile, find_files
from regulars.know.imports.readers.csv_file import CsvSource
from regulars.know.imports.readers.excel_file import ExcelSource
from regulars.know.imports.readers.flat_lines import OrderBook, flattened
from regulars.know.imports.readers.kept import kept
from regulars.know.imports.readers.parquet_file import ParquetSource
from regulars.know.imports.readers.source import Part, Source
from regulars.know.imports.rules import KindMapping, check_header

Mappings = Mapping[str, KindMapping]
LINES_OF_ORDERS = (ORDER_COLUMNS[0], *LINE_COLUMNS)
ONLY_OF_ORDERS = {column.name for column in ORDER_COLUMNS[1:]}


@dataclass(frozen=True)
class Delivery:
    """All files of one kind. `orders` is there when heads and lines come apart."""

    kind: str
    parts: list[Part]
    mapping: dict[str, Any]
    orders: OrderBook | None = None

    @property
    def file_name(self) -> str:
        first, *others = [part.name for part in self.parts]
        return f"{first} + {len(others)}" if others else first


def open_path(path: Path, kind: str | None, mappings: Mappings) -> list[Delivery]:
    """The deliveries of a file or folder, in the order in which they may refer to each other.

    Raises UserError naming file, sheet and column for anything that cannot be imported.
    """
    by_kind: dict[str, list[KindOfFile]] = defaultdict(list)
    for file in find_files(path, kind):
        by_kind[file.kind].append(file)
    if heads := by_kind.pop("orders", []):
        lines = by_kind.get("lines")
        if not lines:
            message = _("%(file)s holds orders without their lines: bring both in one folder.")
            raise UserError(message % {"file": heads[0].path.name})
        return [
            _with_heads(heads, lines, mappings) if kind == "lines" else _plain(files, mappings)
            for kind, files in by_kind.items()
        ]
    return [_plain(files, mappings) for files in by_kind.values()]


def open_upload(path: Path, kind: str | None, mapping: KindMapping) -> Delivery:
    """The delivery that one file is. Raises UserError as `open_path` does."""
    (file,) = find_files(path, kind)
    if file.kind == "orders":
        raise UserError(_("Orders need their lines: bring flat lines, with the order's columns."))
    return _plain([file], {file.kind: mapping})


def _plain(files: Sequence[KindOfFile], mappings: Mappings) -> Delivery:
    kind = files[0].kind
    parts = [_part(file, mappings, LAYOUTS[kind]) for file in files]
    return Delivery(kind, parts, _mapping(mappings, kind).as_json())


def _with_heads(
    heads: Sequence[KindOfFile], files: Sequence[KindOfFile], mappings: Mappings
) -> Delivery:
    """Lines that get the columns of their orders while they are archived."""
    orders = OrderBook([_part(file, mappings, ORDER_COLUMNS) for file in heads])
    parts = [flattened(_part(file, mappings, LINES_OF_ORDERS), orders) for file in files]
    both = {kind: _mapping(mappings, kind).as_json() for kind in ("orders", "lines")}
    return Delivery("lines", parts, {kind: each for kind, each in both.items() if each}, orders)


def _part(file: KindOfFile, mappings: Mappings, layout: Sequence[Column]) -> Part:
    mapping = _mapping(mappings, file.kind)
    source = opened(file, mapping)
    if layout is LINES_OF_ORDERS and (both := ONLY_OF_ORDERS.intersection(source.columns)):
        message = _(
            "%(where)s has the order's column “%(name)s” itself: leave out the orders file."
        )
        raise UserError(message % {"where": source.where, "name": min(both)}, field=min(both))
    read = check_header(source.columns, layout, mapping, source.where)
    facts = {
        "columns": read,
        "constants": dict(mapping.constants),
        "formats": dict(mapping.formats),
        "has_line_no": not isinstance(source, ParquetSource),
        "file_name": file.path.name,
    }
    return Part(file.path.name, kept(source, read, phone_columns(layout)), facts)


def opened(file: KindOfFile, mapping: KindMapping) -> Source:
    """The file by its ending. Raises UserError for one that has no header or is damaged."""
    name = file.path.name
    match file.path.suffix.lower():
        case ".csv":
            return CsvSource(file.path, name)
        case ".xlsx":
            return ExcelSource(file.path, name, file.kind, mapping.sheet)
        case _:
            return ParquetSource(file.path, name)


def _mapping(mappings: Mappings, kind: str) -> KindMapping:
    return mappings.get(kind, KindMapping())
