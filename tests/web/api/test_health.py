"""Whoever watches the system is answered, whatever is away."""

import socket
import time
from typing import NoReturn

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from regulars.ground.warehouse import service as warehouse
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import WarehouseAway
from regulars.web.api import health


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_wrapper: object) -> NoReturn:
        raise OperationalError("nobody listens")

    def refused_here(**_parameters: object) -> NoReturn:
        raise psycopg.OperationalError("nobody listens")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refused)
    monkeypatch.setattr(psycopg, "connect", refused_here)


@pytest.mark.usefixtures("no_database")
def test_the_web_process_is_alive_without_its_database() -> None:
    assert Client().get("/healthz").status_code == 200


@pytest.mark.usefixtures("no_database")
def test_what_is_not_ready_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> NoReturn:
        raise WarehouseAway("starting")

    monkeypatch.setattr(warehouse, "_backend", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["database"] == {"ready": False, "reason": "nobody listens"}
    assert parts["warehouse"] == {"ready": False, "reason": "starting"}
    assert parts["inbox"] == parts["database"]


def test_a_database_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        parameters = connection.get_connection_params() | {"host": host, "port": port}
        monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
        began = time.monotonic()
        reason = health._why_no_database()
    assert reason
    assert time.monotonic() - began < 3


def test_everything_there_is_ready(warehouse: Engine) -> None:
    answer = Client().get("/readyz")
    assert answer.json()["parts"]["warehouse"] == {"ready": True, "reason": None}
