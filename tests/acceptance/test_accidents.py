"""Accidents on the way of a batch: nothing twice, nothing lost, nothing that stops what follows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.know.imports.conftest import FILES

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import WarehouseError, query
from regulars.know.collect.models import Batch, Reject
from regulars.know.imports.models import Import
from regulars.know.imports.service import import_path, progress_of, wait_for
from regulars.know.loader import drain, ledger
from regulars.know.loader import service as loader
from regulars.know.members.models import Member

pytestmark = pytest.mark.django_db
BAD_LINE = "T9,2024-03-04T12:00:00+08:00,S9,,P2,1,100\n"
HEADER = "order_id,sold_at,store_id,member_id,version,product_id,quantity,net_cents\n"


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: no handler sees it."""


@pytest.fixture
def chain(tmp_path: Path, warehouse: Engine) -> Path:
    """The files of a small chain, with one line of an unknown store."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    with (tmp_path / "lines.csv").open("a", encoding="utf-8") as lines:
        lines.write(BAD_LINE)
    return tmp_path


def dies(*_arguments: Any, **_named: Any) -> None:
    raise KilledError


def bring(path: Path) -> list[Import]:
    imports = import_path(path)
    wait_for(imports, loads_here=True)
    return imports


def bring_lines(folder: Path, text: str) -> Import:
    (folder / "lines.csv").write_text(HEADER + text, "utf-8")
    (import_,) = bring(folder / "lines.csv")
    return import_


def lines_and_cents() -> tuple[int, int]:
    sql = "SELECT count(*) AS n, sum(net_cents)::BIGINT AS cents FROM order_lines"
    (row,) = query(sql).to_pylist()
    return row["n"], row["cents"]


@pytest.mark.parametrize("moment", ["_mark_loaded", "_store", "publish", "_clear"])
def test_a_loader_killed_between_warehouse_and_postgres_leaves_nothing_twice_and_nothing_lost(
    chain: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(drain, "publish", lambda topic, **facts: told.extend(facts["batches"]))
    import_path(chain)
    for _accident in range(6):
        with monkeypatch.context() as patch:
            patch.setattr(drain, moment, dies)
            with pytest.raises(KilledError):
                loader.prepare()
                loader.load_waiting()
    loader.prepare()
    loader.load_waiting()
    assert lines_and_cents() == (4, 89_300)
    assert Reject.objects.count() == 1
    assert set(Batch.objects.values_list("state", flat=True)) == {Batch.State.LOADED}
    assert sorted(told) == sorted(str(pk) for pk in Batch.objects.values_list("pk", flat=True))
    left = query("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM batch_rejects) AS n")
    assert left.to_pylist() == [{"n": 0}]


def test_members_in_postgres_whom_the_warehouse_did_not_take_are_there_once(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_path(chain)
    with monkeypatch.context() as patch:
        patch.setattr(loader, "run", dies)
        with pytest.raises(KilledError):
            loader.load_waiting()
    loader.load_waiting()
    assert Member.objects.count() == 2
    assert query("SELECT count(*) AS n FROM members").to_pylist() == [{"n": 2}]
    assert lines_and_cents() == (4, 89_300)


def test_a_loader_killed_before_the_chains_are_derived_derives_them_the_next_time(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_path(chain)
    with monkeypatch.context() as patch:
        patch.setattr(loader.orders, "derive", dies)
        with pytest.raises(KilledError):
            loader.load_waiting()
    loader.load_waiting()
    homes = query("SELECT count(*) AS n FROM tickets WHERE home_store_id IS NOT NULL")
    assert homes.to_pylist() == [{"n": 2}]


def test_a_warehouse_that_is_away_costs_a_batch_no_attempt(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_arguments: Any) -> pa.Table:
        raise WarehouseError("connection refused")

    import_path(chain)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "query", is_away)
        for _try in range(10):
            with pytest.raises(WarehouseError):
                loader.load_waiting()
    assert set(Batch.objects.values_list("attempts", "state")) == {(0, Batch.State.WAITING)}
    loader.load_waiting()
    assert lines_and_cents() == (4, 89_300)


def test_a_batch_that_cannot_go_in_stands_aside_and_has_another_go_when_it_is_brought_again(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imports = import_path(chain)
    failing = Batch.objects.get(import_id=imports[2].pk)
    real = loader.roads.statements

    def fails(staging: Any) -> Any:
        if failing in staging.batches:
            raise WarehouseError("no space left on the device")
        return real(staging)

    with monkeypatch.context() as patch:
        patch.setattr(loader.roads, "statements", fails)
        standings = wait_for(imports, loads_here=True)
    assert [s.error for s in standings] == ["", "", "no space left on the device", "", ""]
    again = bring(chain)
    assert [progress_of(each).error for each in again] == [""] * 5
    assert again[2].is_repeat


def test_the_latest_version_of_an_order_counts_whatever_comes_first(chain: Path) -> None:
    bring(chain)
    first = "T1,2024-03-01T10:00:00+08:00,S1,M1,0,P1,2,39800\n"
    bring_lines(chain, "T1,2024-03-05T10:00:00+08:00,S2,M2,2,P1,1,100\n" + first)
    assert lines_and_cents() == (3, 39_700)
    bring_lines(chain, "T1,2024-03-01T10:00:00+08:00,S1,M1,1,P1,9,999\n")
    assert lines_and_cents() == (3, 39_700)
    (ticket,) = query("FROM tickets WHERE order_no = 'T1'").to_pylist()
    assert (ticket["version"], ticket["net_cents"], str(ticket["business_on"])) == (
        2, 100, "2024-03-05",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "column", "reason"),
    [
        ("B,2024-03-04,S1,,,P1,99999999999,1", "quantity", "out_of_range"),
        ("B,2024-03-04,S1,,,P1,1,9000000000000000000", "net_cents", "out_of_range"),
        ("B,2024-03-04,S1,,9000000000000,P1,1,1", "version", "out_of_range"),
        ("B,2024-02-30,S1,,,P1,1,1", "sold_at", "not_a_moment"),
        ("B,1024-02-20,S1,,,P1,1,1", "sold_at", "out_of_range"),
        ("B,2024-03-04,S1,nobody,,P1,1,1", "member_id", "unknown_member"),
        ("B,2024-03-04,S1,,,P1,1,1.5", "net_cents", "not_money"),
        (",2024-03-04,S1,,,P1,1,1", "order_id", "missing"),
    ],
)
def test_a_bad_line_comes_back_with_its_reason_and_the_others_go_in(
    chain: Path, bad: str, column: str, reason: str
) -> None:
    bring(chain)
    brought = bring_lines(chain, f"{bad}\nG,2024-03-04,S1,,,P1,1,7\n")
    standing = progress_of(brought)
    assert (standing.rows_loaded, standing.rows_rejected, standing.error) == (1, 1, "")
    reject = Reject.objects.get(batch__import_id=brought.pk)
    assert (reject.line_no, reject.column, reject.reason) == (2, column, reason)
    assert lines_and_cents() == (5, 89_307)


def test_a_text_that_postgres_cannot_hold_is_refused_and_stops_nobody(chain: Path) -> None:
    bring(chain)
    (chain / "members.csv").unlink()
    members = pa.table({"member_id": ["M7", "M8"], "name": ["a\x00b", "whole"]})
    pq.write_table(members, chain / "members.parquet")
    (brought,) = bring(chain / "members.parquet")
    assert Reject.objects.get(batch__import_id=brought.pk).reason == "not_text"
    assert list(Member.objects.filter(code__in=["M7", "M8"]).values_list("code")) == [("M8",)]
    lines = pa.table(
        {
            "order_id": ["N"],
            "sold_at": ["2024-03-04"],
            "store_id": ["S\x009\\\x00"],
            "product_id": ["P1"],
            "quantity": [1],
            "net_cents": [1],
        }
    )
    (chain / "lines.csv").unlink()
    pq.write_table(lines, chain / "lines.parquet")
    (brought,) = bring(chain / "lines.parquet")
    reject = Reject.objects.get(batch__import_id=brought.pk)
    assert (reject.reason, reject.record["store_id"]) == ("unknown_store", "S\ufffd9\\\ufffd")
