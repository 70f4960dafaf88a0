"""The seam. With `REGULARS_WAREHOUSE` set a Flight client, else DuckDB in this process."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.errors import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.ground.warehouse.flight import Client
from regulars.ground.warehouse.statement import Statement

__all__ = [
    "Statement",
    "WarehouseAway",
    "WarehouseError",
    "WarehouseTooSlow",
    "checkpoint",
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
    """Make table `name` anew from Arrow rows, for statements of a later `run` to take from."""
    _backend().stage(name, table)


def checkpoint() -> None:
    """Write the log into the file now, at a time of our choosing: it can stall a write."""
    _backend().checkpoint()


@cache
def _backend() -> Engine | Client:
    if address := os.environ.get("REGULARS_WAREHOUSE"):
        return Client(address)
    return Engine(data_dir() / "warehouse.duckdb")
