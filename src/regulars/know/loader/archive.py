"""What loaded batches brought moves from the inbox to the archive: Parquet, by day of receipt.

A file takes its name when it stands on the disk whole; only then is the inbox emptied, a few rows
at a time. Killed in between, the same rows are written once more and the later file counts.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named
from regulars.know.collect.models import Batch
from regulars.know.loader.locks import ARCHIVE, held_if_free

KEPT_IN_INBOX = timedelta(hours=1)
MOST_BYTES, MOST_BATCHES, EMPTIED_AT_ONCE = 32 * 2**20, 5_000, 500
NOT_RECEIVED = ("loaded_at", "row_count", "reject_count")
MOMENT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        ("id", pa.string()), ("kind", pa.string()), ("source", pa.string()),
        ("body", pa.string()), ("raw", pa.binary()), ("layout", pa.string()),
        ("file", pa.string()), ("first_row", pa.int64()), ("last_row", pa.int64()),
        ("import_id", pa.int64()), ("received_at", MOMENT), ("loaded_at", MOMENT),
        ("row_count", pa.int64()), ("reject_count", pa.int64()),
    ]
)  # fmt: skip
Row = dict[str, Any]


def folder() -> Path:
    return data_dir() / "archive" / "inbox"


def archive_loaded(kept_for: timedelta = KEPT_IN_INBOX) -> int:
    """Archive what was loaded longer ago than `kept_for`; how many batches that were (none when
    another process is at it). Not to be called in a transaction."""
    count, before = 0, clock.now() - kept_for
    with held_if_free(ARCHIVE) as is_ours:
        while is_ours and (ids := _next(before)):
            count += _move(*ids)
    return count


def with_contents(batches: Sequence[Batch]) -> list[Batch]:
    """The batches with `body` and `raw` as they came, wherever these stand now."""
    for batch in batches:
        if batch.archive:
            row = _rows_of(batch.archive)[str(batch.pk)]
            batch.body, batch.raw = _from_json(row["body"]), row["raw"]
    return list(batches)


def list_files() -> list[Path]:
    """Every file of the archived inbox, the oldest first."""
    return sorted(folder().glob("*/*.parquet"))


def batches_of(path: Path) -> Iterator[Batch]:
    """The batches that stand in a file, as they would be received anew: not yet loaded."""
    for row in pq.read_table(path).to_pylist():
        facts = {name: row[name] for name in SCHEMA.names if name not in NOT_RECEIVED}
        body, layout = _from_json(row["body"]), _from_json(row["layout"])
        yield Batch(**facts | {"id": UUID(row["id"]), "body": body, "layout": layout})


def rewrite(path: Path, table: pa.Table) -> None:
    """Put other contents in a file's place, in one step: for a person who is to be forgotten."""
    _write(path, table.cast(SCHEMA))


def _next(before: datetime) -> tuple[date, list[UUID]] | None:
    """The next batches of one day, no more than a file may hold."""
    ids: list[UUID] = []
    room, day = MOST_BYTES, None
    with connection.cursor() as cursor:
        query = named(__package__, "archive_next")
        cursor.execute(query, {"before": before, "limit": MOST_BATCHES})
        for id_, received_on, size in cursor.fetchall():
            if ids and (received_on != day or size > room):
                break
            ids.append(id_)
            day, room = received_on, room - size
    return (day, ids) if day else None


def _move(day: date, ids: list[UUID]) -> int:
    path = folder() / day.isoformat() / f"{new_id().hex}.parquet"
    _write(path, _read(ids))
    archive = str(path.relative_to(data_dir()))
    for start in range(0, len(ids), EMPTIED_AT_ONCE):
        part: dict[str, Any] = {"archive": archive, "ids": ids[start : start + EMPTIED_AT_ONCE]}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(named(__package__, "archive_empty"), part)
    return len(ids)


def _read(ids: Sequence[UUID]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "archive_read"), {"ids": list(ids)})
        columns = list(zip(*cursor.fetchall(), strict=True))
    values = ([_plain(value) for value in column] for column in columns)
    arrays = [pa.array(column, field.type) for column, field in zip(values, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{new_id().hex}.partial")
    try:
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _rows_of.cache_clear()
    finally:
        temporary.unlink(missing_ok=True)
    for each in (path.parent, path.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


@lru_cache(maxsize=4)
def _rows_of(archive: str) -> dict[str, Row]:
    table = pq.read_table(data_dir() / archive, columns=["id", "body", "raw"])
    return {row["id"]: row for row in table.to_pylist()}


def _from_json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
