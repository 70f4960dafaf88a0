"""The seam answers alike in process and over Flight."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.errors import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.ground.warehouse.flight import Client, Server
from regulars.ground.warehouse.statement import Statement, pack, unpack

ENDLESS = Statement("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path / "w.duckdb", "256MB")
    yield engine
    engine.close()


@pytest.fixture(params=["in process", "over Flight"])
def seam(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> Iterator[Engine | Client]:
    if request.param == "in process":
        yield engine
        return
    address = f"grpc+unix://{tmp_path}/w.sock"
    server = Server(address, engine)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield Client(address)
    server.shutdown()
    thread.join()


def rows(seam: Engine | Client, sql: str, **parameters: object) -> list[dict[str, object]]:
    return seam.query(Statement(sql, parameters)).to_pylist()


def test_parameters_keep_their_types(seam: Engine | Client) -> None:
    parameters = {
        "day": date(2026, 1, 31),
        "at": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "amount": Decimal("12.34"),
        "ids": [3, 5],
        "nothing": None,
        "text": "O'Brien; DROP TABLE x",
    }
    sql = "SELECT $day AS day, $at AS at, $amount AS amount, $ids AS ids"
    sql += ", $nothing AS nothing, $text AS text"
    (row,) = rows(seam, sql, **parameters)
    assert row == parameters


def test_statements_survive_the_wire() -> None:
    statements = [Statement("SELECT 1", when="SELECT true"), Statement("SELECT $a", {"a": "中"})]
    assert unpack(pack(statements)) == statements


def test_a_transaction_is_all_or_nothing(seam: Engine | Client) -> None:
    seam.run([Statement("CREATE TABLE t (x INTEGER PRIMARY KEY)")])
    with pytest.raises(WarehouseError):
        seam.run([Statement("INSERT INTO t VALUES (1)"), Statement("INSERT INTO t VALUES (1)")])
    assert rows(seam, "FROM t") == []


def test_a_rehearsal_answers_and_leaves_nothing(seam: Engine | Client) -> None:
    seam.run([Statement("CREATE TABLE t (x INTEGER)")])
    answer = seam.run(
        [Statement("INSERT INTO t VALUES ($x)", {"x": 7}), Statement("FROM t")], is_rehearsal=True
    )
    assert answer.to_pylist() == [{"x": 7}]
    assert rows(seam, "FROM t") == []


def test_a_statement_is_passed_over_when_its_condition_is_not_true(seam: Engine | Client) -> None:
    seam.run([Statement("CREATE TABLE t (x INTEGER)")])
    insert = "INSERT INTO t VALUES ($x)"
    seam.run(
        [
            Statement(insert, {"x": 1}, when="SELECT count(*) = 0 FROM t"),
            Statement(insert, {"x": 2}, when="SELECT count(*) = 0 FROM t"),
        ]
    )
    assert rows(seam, "FROM t") == [{"x": 1}]


def test_staged_rows_can_be_taken_from(seam: Engine | Client) -> None:
    seam.stage('odd "name"', pa.table({"x": [1, 2], "y": ["a", None]}))
    assert rows(seam, 'SELECT sum(x) AS total, count(y) AS named FROM "odd ""name"""') == [
        {"total": 3, "named": 1}
    ]


def test_wrong_sql_is_an_error_with_the_engines_words(seam: Engine | Client) -> None:
    with pytest.raises(WarehouseError, match="no_such_table"):
        rows(seam, "FROM no_such_table")


def test_a_query_that_takes_too_long_is_interrupted(
    seam: Engine | Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine.query, "__defaults__", (lambda: False, 0.2))
    began = time.monotonic()
    with pytest.raises(WarehouseTooSlow, match="no answer within"):
        seam.query(ENDLESS)
    assert time.monotonic() - began < 5


def test_a_warehouse_that_nobody_runs_is_away_and_answers_at_once_when_it_is_back(
    engine: Engine, tmp_path: Path
) -> None:
    address = f"grpc+unix://{tmp_path}/w.sock"
    client = Client(address)
    until = time.monotonic() + 3
    while time.monotonic() < until:  # long enough for a client to have given up
        with pytest.raises(WarehouseAway):
            client.query(Statement("SELECT 1"))
    with Server(address, engine):
        assert client.query(Statement("SELECT 1 AS n")).to_pylist() == [{"n": 1}]


def test_a_query_nobody_waits_for_is_interrupted(engine: Engine) -> None:
    gone = threading.Event()
    threading.Timer(0.2, gone.set).start()
    with pytest.raises(WarehouseError, match="nterrupt"):
        engine.query(ENDLESS, is_abandoned=gone.is_set, seconds=30)
