"""The archive: what came in is kept as Parquet, under the name of its content and mapping.

A file takes its name only when it stands on the disk whole, so a name that is there can be trusted.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.progress import Progress
from regulars.know.imports.deliveries import Delivery
from regulars.know.imports.readers.parquet_file import ParquetSource
from regulars.know.imports.readers.source import Part, Refused, Source
from regulars.know.imports.rules import LINE_NO


@dataclass(frozen=True)
class Archived:
    """A part in the archive: its rows by row group, and the rows that could not be read."""

    path: Path
    layout: dict[str, Any]
    group_rows: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def folder() -> Path:
    return data_dir() / "archive" / "imports"


def names(delivery: Delivery) -> list[str]:
    """What each part is known by: the digest of its content (SHA-256, hex), and of the orders'
    files where these go into it."""
    heads = [_content(part.source) for part in delivery.orders.parts] if delivery.orders else []
    return [digest(_content(part.source), *heads) for part in delivery.parts]


def keep(
    delivery: Delivery, names: Sequence[str], into: Path, progress: Progress
) -> list[Archived]:
    """Write every part into the folder `into`, under its name; with a mapping, which says what of
    it is kept, under a name of both.

    A Parquet file that already stands there is left alone; others are read again, which is the
    only way to know their unreadable rows. Raises UserError when a file is broken further down.
    """
    mapping = [json.dumps(delivery.mapping, sort_keys=True)] if delivery.mapping else []
    targets = [into / f"{digest(name, *mapping)}.parquet" for name in names]
    parts = zip(delivery.parts, targets, strict=True)
    kept = [_keep_part(part, target, progress) for part, target in parts]
    if delivery.orders:
        delivery.orders.refuse_unused()
    return kept


def digest(*parts: str) -> str:
    """One digest of several; of one, itself."""
    return parts[0] if len(parts) == 1 else hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _keep_part(part: Part, target: Path, progress: Progress) -> Archived:
    refused: list[Refused] = []
    source = part.source
    if not isinstance(source, ParquetSource):
        _write(part, target, refused, progress)
    elif not target.exists():
        step = _("Archiving %(where)s") % {"where": source.where}
        progress(step, 0, 1)
        with _landing(target) as temporary:
            shutil.copyfile(source.path, temporary)
        progress(step, 1, 1)
    return Archived(target, part.layout, _group_rows(target), refused)


def _write(part: Part, target: Path, refused: list[Refused], progress: Progress) -> None:
    batches = part.source.batches(progress, refused)
    if not part.layout["has_line_no"]:
        batches = (batch.drop_columns([LINE_NO]) for batch in batches)
    if (first := next(batches, None)) is None:
        target.unlink(missing_ok=True)
        return
    with (
        _landing(target) as temporary,
        pq.ParquetWriter(temporary, first.schema, compression="zstd") as writer,
    ):
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _group_rows(path: Path) -> list[int]:
    if not path.exists():
        return []
    metadata = pq.read_metadata(path)
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


@contextmanager
def _landing(target: Path) -> Iterator[Path]:
    """A path to write to, which takes the target's name at the end, and only if all went well."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{new_id().hex}.partial")
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _content(source: Source) -> str:
    """The digest of a file; of a workbook, with the sheet that is read."""
    with source.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return digest(content, source.sheet) if source.sheet else content
