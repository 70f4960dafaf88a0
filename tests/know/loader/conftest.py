"""A small chain with a past: versions, refusals, mended records, live orders, changes by hand."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.know.imports.conftest import FILES

from regulars.ground.kit.deployment import data_dir
from regulars.ground.org.models import Node
from regulars.ground.warehouse import service as warehouse_service
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject
from regulars.know.collect.service import (
    get_shown_record,
    list_open_rejects,
    receive,
    replay_reject,
)
from regulars.know.imports.service import import_path, wait_for
from regulars.know.loader import service as loader
from regulars.know.members.models import Member
from regulars.know.members.service import change_home_store

HEADER = "order_id,sold_at,store_id,member_id,version,product_id,quantity,net_cents\n"
# A ticket's number is chance, and with it which of a member's tickets of one day is the first.
CONTENTS = """
    SELECT count(*) AS n, sum(hash(t))::VARCHAR AS told
    FROM (SELECT {columns} FROM {table}) AS t
"""
COLUMNS = {
    "order_lines": "order_lines.* EXCLUDE (ticket_id), (SELECT any_value(order_no) FROM tickets WHERE tickets.ticket_id = order_lines.ticket_id)",  # noqa: E501
    "tickets": "* EXCLUDE (ticket_id) REPLACE (min(prev_on) OVER (PARTITION BY member_id, business_on) AS prev_on)",  # noqa: E501
    "freshness": "1",
}


def forget_warehouse() -> None:
    """Close the file of this process's warehouse and remove it with all that stands beside it."""
    if warehouse_service._usual.cache_info().currsize:
        warehouse_service._usual().close()
    warehouse_service._usual.cache_clear()
    for file in data_dir().glob("warehouse*.duckdb*"):
        file.unlink()


@pytest.fixture
def stores(db: None) -> Iterator[None]:
    """Both stores as a deployment without processes has them, the warehouse in its file."""
    forget_warehouse()
    shutil.rmtree(data_dir() / "archive", ignore_errors=True)
    loader.prepare()
    yield
    forget_warehouse()
    shutil.rmtree(data_dir() / "archive", ignore_errors=True)


def line(
    order: str, *, product: str = "P1", version: int = 0, cents: int = 100, **more: Any
) -> Any:
    told = {
        "order_id": order, "sold_at": "2024-04-01T10:00:00+08:00", "store_id": "S1",
        "product_id": product, "quantity": "1", "net_cents": str(cents), "version": str(version),
    }  # fmt: skip
    return told | more


def send(*lines: Any) -> Batch:
    batch = receive("lines", source="api", body={"records": list(lines)})
    loader.load_waiting()
    return batch


def bring(folder: Path) -> None:
    wait_for(import_path(folder), loads_here=True)


@pytest.fixture
def past(stores: None, tmp_path: Path) -> None:
    """What the two stores hold at the end can be seen from `contents` and `telling`."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    with (tmp_path / "lines.csv").open("a", encoding="utf-8") as lines:
        lines.write("T9,2024-03-04T12:00:00+08:00,S9,,P2,1,100\n")
        lines.write("T8,2024-03-04T12:00:00+08:00,S1,M1,P9,1,100\n")
    bring(tmp_path)
    send(line("A1", member_id="M1"), line("A1", product="P2", member_id="M1"))
    send(line("A2", member_id="M2", cents=7), line("A3", product="P8"))
    send(line("A1", version=2, member_id="M2", cents=900))
    send(line("A2", member_id="M2", cents=8))
    send(line("A1", version=1, member_id="M1", cents=1))
    mended = Reject.objects.get(value="P9")
    replay_reject(mended, get_shown_record(mended) | {"product_id": "P2"})
    products = tmp_path / "late"
    products.mkdir()
    text = "product_id,name,category,brand\nP8,Late,Food > Formula,Lan\n"
    (products / "products.csv").write_text(text, "utf-8")
    bring(products)
    (tmp_path / "more").mkdir()
    text = HEADER + "T1,2024-03-05T10:00:00+08:00,S2,M2,2,P1,1,100\n"
    (tmp_path / "more" / "lines.csv").write_text(text, "utf-8")
    bring(tmp_path / "more")
    stock = "stock_on,store_id,product_id,quantity\n2024-03-01,S1,P1,5\n2024-03-01,S7,P1,5\n"
    (tmp_path / "more" / "lines.csv").unlink()
    (tmp_path / "more" / "stock.csv").write_text(stock, "utf-8")
    bring(tmp_path / "more")
    member = Member.objects.get(code="M1")
    change_home_store(None, member, Node.objects.get(code="S2"))
    loader.load_waiting()
    assert {reject.value for reject in list_open_rejects()} == {"S9", "P8", "S7"}


def contents() -> dict[str, Any]:
    """What each table of the warehouse holds: rows and a checksum over all of them."""
    tables = query("SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse'")
    told = {}
    for table in set(tables["table_name"].to_pylist()) - {"changed_members"}:
        sql = CONTENTS.format(columns=COLUMNS.get(table, "*"), table=table)
        (told[table],) = query(sql).to_pylist()
    return told


def telling() -> dict[str, Any]:
    """What Postgres was told, which nothing may tell again."""
    from regulars.ground.jobs.models import Event

    return {
        "rejects": sorted(Reject.objects.values_list("batch", "line_no", "column", "state")),
        "published": Event.objects.count(),
        "batches": sorted(Batch.objects.values_list("id", "state", "row_count", "reject_count")),
    }
