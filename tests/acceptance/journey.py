"""A loaded chain to stand on: a database and a warehouse of their own beside the other tests'."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from regulars.ground.kit.deployment import chain, data_dir
from regulars.ground.warehouse import service as warehouse_service
from regulars.ground.warehouse.engine import Engine

LEFT_BEHIND = """
    SELECT state, backend_start, query, application_name, pg_terminate_backend(pid, 5000)
    FROM pg_stat_activity WHERE datname = %s
"""


@dataclass(frozen=True)
class Deployment:
    """`settings` is the text of its `regulars.toml`."""

    database: str
    engine: Engine
    settings: str


def make_deployment(name: str, settings: Path) -> Deployment:
    """An empty one: the database a copy of the tests' own, the warehouse in memory."""
    database = f"{connection.settings_dict['NAME']}_{name}"
    _disconnect()
    with connection._nodb_cursor() as cursor:
        template = connection.ops.quote_name(connection.settings_dict["NAME"])
        copy = connection.ops.quote_name(database)
        _end_sessions_left_behind(cursor)
        cursor.execute(f"DROP DATABASE IF EXISTS {copy}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {template}")
    with _chain_of(text := settings.read_text("utf-8")):
        engine = Engine(memory_limit="2GB")
    return Deployment(database, engine, text)


def _end_sessions_left_behind(cursor: Any) -> None:
    """A database that somebody else uses cannot be copied. Whoever left a session open is named."""
    cursor.execute(LEFT_BEHIND, [connection.settings_dict["NAME"]])
    for session in cursor.fetchall():
        warnings.warn(f"a test left a session open: {session}", stacklevel=2)


@contextmanager
def standing_on(deployment: Deployment) -> Iterator[None]:
    """Let everything in this process reach this deployment, for as long as the block runs."""
    usual = connection.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch, _chain_of(deployment.settings):
        patch.setattr(warehouse_service, "_backend", lambda: deployment.engine)
        _connect_to(deployment.database)
        try:
            yield
        finally:
            _connect_to(usual)


@contextmanager
def _chain_of(settings: str) -> Iterator[None]:
    path = data_dir() / "regulars.toml"
    path.write_text(settings, "utf-8")
    chain.cache_clear()
    try:
        yield
    finally:
        path.unlink()
        chain.cache_clear()


def _connect_to(database: str) -> None:
    _disconnect()
    connection.settings_dict["NAME"] = database
    cache.clear()


def _disconnect() -> None:
    connection.close()
    backend: Any = connection
    backend.close_pool()
