"""A file to read: its columns at once, its rows in order when they are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress


@dataclass(frozen=True)
class Refused:
    """A row that could not even be read: it goes to the quarantine from here."""

    line_no: int
    column: str
    reason: str
    value: str = ""
    record: dict[str, Any] = field(default_factory=dict)


class Source(Protocol):
    """`where` names file and sheet as people know them; `sheet` is empty but for workbooks."""

    path: Path
    sheet: str
    where: str
    columns: list[str]

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        """Rows as they stand, with `line_no` before their columns; text but for Parquet.

        Adds to `refused` as it goes. Raises UserError when the file is broken further down.
        """
        ...


@dataclass(frozen=True)
class Part:
    """One file of a delivery, with what the loader must know to read its archived rows."""

    name: str
    source: Source
    layout: dict[str, Any]


def broken(where: str, reason: object) -> UserError:
    message = _("%(where)s is damaged or not what its name says: %(reason)s")
    return UserError(message % {"where": where, "reason": reason})


def reading(where: str) -> str:
    """What progress says meanwhile."""
    return _("Reading %(where)s") % {"where": where}
