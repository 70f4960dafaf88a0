"""A dry run: read, check and load everything, say what would happen, and leave no trace."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.progress import Progress, silent
from regulars.know.collect.models import Batch
from regulars.know.imports import archive
from regulars.know.imports.deliveries import Delivery, open_path
from regulars.know.imports.intake import batches_of
from regulars.know.imports.readers.source import Refused
from regulars.know.imports.rules import KindMapping
from regulars.know.loader import service as loader

IMPORT_ID = -1
"""Of no import; the batches of one rehearsal belong together all the same."""


@dataclass(frozen=True)
class Rehearsed:
    """One file: its rows, and those of them that would be rejected, in their order."""

    kind: str
    file_name: str
    row_count: int
    rejects: list[Refused]


def check_path(
    path: Path,
    *,
    kind: str | None = None,
    mapping: Mapping[str, KindMapping] | None = None,
    progress: Progress = silent,
) -> list[Rehearsed]:
    """What `import_path` would do with each file, in the same order. Takes about as long.

    Later files may refer to earlier ones, as they may in an import. Raises UserError likewise.
    """
    deliveries = open_path(path, kind, mapping or {})
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=data_dir()) as folder:
        read = [each for delivery in deliveries for each in _read(delivery, folder, progress)]
        batches = [batch for each in read for batch in each.batches]
        refused = _refusals_of(batches)
    return [
        Rehearsed(
            each.kind,
            each.file_name,
            each.row_count,
            sorted(
                [*each.refused, *(row for batch in each.batches for row in refused[str(batch.pk)])],
                key=lambda row: row.line_no,
            ),
        )
        for each in read
    ]


@dataclass(frozen=True)
class _Read:
    kind: str
    file_name: str
    row_count: int
    refused: list[Refused]
    batches: list[Batch]


def _read(delivery: Delivery, folder: str, progress: Progress) -> Iterator[_Read]:
    archived = archive.keep(delivery, archive.names(delivery), Path(folder), progress)
    if delivery.orders:
        for file_name, refused in delivery.orders.refused.items():
            yield _Read("orders", file_name, len(refused), refused, [])
    for part in archived:
        batches = [Batch(**rows, import_id=IMPORT_ID) for rows in batches_of(delivery.kind, part)]
        row_count = sum(part.group_rows) + len(part.refused)
        name = part.layout["file_name"]
        yield _Read(delivery.kind, name, row_count, part.refused, batches)


def _refusals_of(batches: list[Batch]) -> dict[str, list[Refused]]:
    """{id of a batch: what the loader would refuse of it}."""
    found: dict[str, list[Refused]] = defaultdict(list)
    for row in loader.check(*batches).to_pylist():
        record = json.loads(row["record"])
        found[str(row["batch_id"])].append(
            Refused(row["line_no"], row["column"], row["reason"], row["value"] or "", record)
        )
    return found
