"""The dry run: says what an import would do, and leaves no trace."""

from pathlib import Path

import pytest

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject
from regulars.know.imports.models import Import
from regulars.know.imports.rehearsal import check_path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse")]


def traces() -> tuple[object, ...]:
    tables = query("SELECT table_name, estimated_size FROM duckdb_tables() ORDER BY ALL")
    in_postgres = [model.objects.count() for model in (Import, Batch, Reject, Node)]
    return tables.to_pylist(), in_postgres, sorted(data_dir().glob("*"))


def test_later_files_may_refer_to_earlier_ones(chain: Path, warehouse: Engine) -> None:
    before = traces()
    rehearsed = check_path(chain)
    assert [(each.file_name, each.row_count, each.rejects) for each in rehearsed] == [
        ("stores.csv", 2, []),
        ("staff.csv", 1, []),
        ("products.csv", 2, []),
        ("members.csv", 2, []),
        ("lines.csv", 4, []),
    ]
    assert traces() == before


def test_what_would_be_rejected_is_told_in_the_order_of_lines(chain: Path) -> None:
    with (chain / "lines.csv").open("a", encoding="utf-8") as file:
        file.write("T4,2024-03-04T12:00:00+08:00,S1\n")
        file.write("T5,2024-03-04T12:00:00+08:00,S9,,P2,1,100\n")
        file.write("T6,yesterday,S1,,P2,1,100\n")
    *_others, lines = check_path(chain)
    assert lines.row_count == 7
    assert [(row.line_no, row.column, row.reason) for row in lines.rejects] == [
        (6, "", "wrong_width"),
        (7, "store_id", "unknown_store"),
        (8, "sold_at", "not_a_moment"),
    ]


def test_orders_that_cannot_be_joined_are_told_under_their_own_file(chain: Path) -> None:
    text = "order_id,sold_at,store_id\nT1,2024-03-01,S1\nT2,2024-03-01,S1\n"
    (chain / "orders.csv").write_text(text, "utf-8")
    (chain / "lines.csv").write_text("order_id,product_id,quantity,net\nT1,P1,1,9\n", "utf-8")
    rehearsed = {each.file_name: each for each in check_path(chain)}
    assert [row.reason for row in rehearsed["orders.csv"].rejects] == ["order_without_lines"]
    assert rehearsed["lines.csv"].rejects == []


def test_a_wrong_header_is_an_error_as_in_an_import(chain: Path) -> None:
    (chain / "stores.csv").write_text("store_id\nS1\n", "utf-8")
    with pytest.raises(UserError, match=r"stores\.csv"):
        check_path(chain)
