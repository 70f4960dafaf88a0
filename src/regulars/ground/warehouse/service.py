"""The seam. With `REGULARS_WAREHOUSE` set a Flight client, else DuckDB in this process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse import files
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.errors import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.ground.warehouse.flight import Client
from regulars.ground.warehouse.statement import Statement

__all__ = [
    "Statement",
    "WarehouseAway",
    "WarehouseError",
    "WarehouseTooSlow",
    "begin_anew",
    "checkpoint",
    "copy_to",
    "making_anew",
    "put_in_place",
    "query",
    "rehearse",
    "run",
    "stage",
]


def query(sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
    """The answer to one question. Parameters are `$name`; lists are allowed.

    Raises WarehouseError when the SQL fails, WarehouseTooSlow when it takes more than two minutes,
    WarehouseAway when nobody answers.
    """
    return _backend().query(Statement(sql, parameters or {}))


def run(*statements: Statement) -> pa.Table:
    """All statements in one transaction, or none; returns the last one's rows."""
    return _backend().run(statements)


def rehearse(*statements: Statement) -> pa.Table:
    """As `run`, but everything is taken back after the last statement's rows are read."""
    return _backend().run(statements, is_rehearsal=True)


def stage(name: str, table: pa.Table) -> None:
    """Make table `name` anew from Arrow rows, for statements of a later `run` to take from. What
    is called `desk.name` lies in memory beside the file: a `run` that writes there writes nowhere
    else, and what is kept must not stand on it."""
    _backend().stage(name, table)


def checkpoint() -> None:
    """Write the log into the file now, at a time of our choosing: it can stall a write."""
    _backend().checkpoint()


def copy_to(target: Path) -> None:
    """Copy the warehouse's file, whole and written out, to a path on this machine."""
    _backend().copy_to(target)


@contextmanager
def making_anew() -> Iterator[None]:
    """Everything here speaks to a new file beside the warehouse's own, as long as the block runs:
    one that is empty, or that an earlier such block left. `put_in_place` ends its making."""
    global _beside  # noqa: PLW0603 - one warehouse a process is what the seam is about
    before, _beside = _beside, Engine(_path_beside())
    try:
        yield
        _beside.checkpoint()
    finally:
        _beside.close()
        _beside = before


def begin_anew() -> None:
    """What an earlier, unfinished making left is removed."""
    files.remove(_path_beside())


def put_in_place() -> None:
    """The file that was made beside takes the warehouse's place. Where a process owns the
    warehouse, that process starts again."""
    if os.environ.get("REGULARS_WAREHOUSE"):
        _usual().give_way_to(_path_beside())
        return
    if _usual.cache_info().currsize and isinstance(ours := _usual(), Engine):
        ours.close()
        _usual.cache_clear()
    files.replace(_path(), _path_beside())


_beside: Engine | None = None


def _backend() -> Engine | Client:
    return _beside or _usual()


@cache
def _usual() -> Engine | Client:
    if address := os.environ.get("REGULARS_WAREHOUSE"):
        return Client(address)
    return files.opened_or_begun_anew(_path(), lambda: Engine(_path()))


def _path() -> Path:
    return data_dir() / "warehouse.duckdb"


def _path_beside() -> Path:
    return data_dir() / "warehouse.new.duckdb"
