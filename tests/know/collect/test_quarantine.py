"""Quarantine: records sent in again go in once, under the lines on which they stood."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect import quarantine
from regulars.know.collect.models import Batch, Reject
from regulars.know.collect.service import (
    Awaited,
    list_awaited,
    list_awaiting,
    list_open_rejects,
    receive,
    replay_reject,
    replay_rejects,
)
from regulars.know.imports.intake import import_path, progress_of, wait_for
from regulars.know.loader.service import load_waiting

pytestmark = pytest.mark.django_db
STORES = "store_id,name\nS1,North\n"
LATER = "store_id,name\nS2,South\n"
PRODUCTS = "product_id,name,category\nP1,Milk,Food\n"
LINES = """\
order_id,sold_at,store_id,product_id,quantity,net_cents
T1,2024-03-01T10:00:00+08:00,S1,P1,1,100
T2,2024-03-01T10:00:00+08:00,S2,P1,1,200
T2,2024-03-01T10:00:00+08:00,S2,P1,1,300
T3,2024-03-01T10:00:00+08:00,S2,P1,one,400
T4,2024-03-01T10:00:00+08:00,S3,P1,1,500
"""


@pytest.fixture(autouse=True)
def imported(warehouse: Engine, tmp_path: Path) -> Iterator[Any]:
    """Lines of which those of S2 and S3 have no store yet."""
    files = {"stores": STORES, "products": PRODUCTS, "lines": LINES}
    for kind, text in files.items():
        (tmp_path / f"{kind}.csv").write_text(text, "utf-8")
    imports = import_path(tmp_path)
    wait_for(imports, loads_here=True)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "stores.csv").write_text(LATER, "utf-8")
    return imports[-1]


def bring_the_missing_store(tmp_path: Path) -> None:
    wait_for(import_path(tmp_path / "later"), loads_here=True)


def sold() -> int:
    (row,) = query("SELECT sum(net_cents)::BIGINT AS cents FROM order_lines").to_pylist()
    return int(row["cents"])


def test_records_that_wait_for_the_same_thing_go_in_together(imported: Any, tmp_path: Path) -> None:
    assert sold() == 100
    assert list_awaited() == [Awaited(imported.pk, "lines", "unknown_store", 3)]
    bring_the_missing_store(tmp_path)
    (batch,) = replay_rejects(list_awaiting(imported.pk, "lines", "unknown_store"))
    load_waiting()
    assert sold() == 600
    again = list_open_rejects().get(batch=batch)
    assert (again.line_no, again.value) == (6, "S3")
    assert sorted(list_open_rejects().values_list("line_no", "reason")) == [
        (5, "not_a_number"), (6, "unknown_store"),
    ]  # fmt: skip
    standing = progress_of(imported)
    assert (standing.rows_loaded, standing.rows_rejected, standing.rows_total) == (3, 2, 5)


def test_nothing_goes_in_twice(imported: Any, tmp_path: Path) -> None:
    bring_the_missing_store(tmp_path)
    reject = Reject.objects.get(line_no=3)
    waiting = list_awaiting(imported.pk, "lines", "unknown_store")
    replay_reject(reject, reject.record)
    with pytest.raises(NotFound):
        replay_reject(reject, reject.record)
    assert len(replay_rejects(waiting)) == 1
    assert replay_rejects(waiting) == []
    load_waiting()
    assert sold() == 600


def test_records_that_are_wrong_themselves_are_not_sent_in_as_they_are(imported: Any) -> None:
    with pytest.raises(UserError, match="one by one"):
        list_awaiting(imported.pk, "lines", "not_a_number")


def test_a_long_line_of_records_is_cut_into_batches(
    imported: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "RECORDS_A_BATCH", 2)
    bring_the_missing_store(tmp_path)
    batches = replay_rejects(list_awaiting(imported.pk, "lines", "unknown_store"))
    assert [len((batch.body or {})["records"]) for batch in batches] == [2, 1]
    assert {batch.layout["file_name"] for batch in batches} == {"lines.csv"}
    load_waiting()
    assert sold() == 600


def test_requests_whose_lines_have_the_same_numbers_stay_apart() -> None:
    for code in ("M1", "M2"):
        record = {"member_id": code, "home_store_id": "S2"}
        receive("members", source="api", body={"records": [record]})
    load_waiting()
    receive("stores", source="api", body={"records": [{"store_id": "S2", "name": "South"}]})
    batches = replay_rejects(list_awaiting(None, "members", "unknown_store"))
    assert len(batches) == 2
    load_waiting()
    assert query("SELECT count(*) AS n FROM members").to_pylist() == [{"n": 2}]
    assert not list_open_rejects().filter(batch__kind="members").exists()


def test_a_line_wrong_in_two_ways_leaves_the_quarantine_as_one() -> None:
    record = {"member_id": "M1", "home_store_id": "S2", "recruiter_id": "E9"}
    batch = receive("members", source="api", body={"records": [record]})
    load_waiting()
    assert Reject.objects.filter(batch=batch).count() == 2
    mended = {**record, "home_store_id": "S1", "recruiter_id": None}
    replay_reject(Reject.objects.filter(batch=batch)[0], mended)
    load_waiting()
    assert not list_open_rejects().filter(batch__kind="members").exists()
    assert Batch.objects.latest("pk").reject_count == 0
