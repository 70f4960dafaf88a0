"""What the warehouse does with orders: take them in, chain them per member, list them."""

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named, spoken_of
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect.service import refresh
from regulars.know.orders.channels import channel_name
from regulars.know.orders.goods import GoodHere, list_goods_here, list_usual_goods
from regulars.know.orders.purchases import (
    CategoryBought,
    Month,
    Visit,
    list_categories_bought,
    list_months,
    list_visits,
)
from regulars.know.orders.tickets import list_tickets

__all__ = [
    "CategoryBought",
    "GoodHere",
    "Month",
    "Visit",
    "channel_name",
    "derive",
    "derive_all",
    "is_derived",
    "list_categories_bought",
    "list_goods_here",
    "list_months",
    "list_tickets",
    "list_usual_goods",
    "list_visits",
    "load_lines",
    "load_stock",
    "schema",
    "touch",
]

REBUILD_SHARE = 0.2
LOAD_LINES = (
    "load_heads", "load_known", "load_buyers", "load_placed", "load_rejects", "load_touched",
    "load_places", "load_clear", "load_lines", "load_clear_tickets", "load_tickets",
    "load_appended",
)  # fmt: skip
SEEN_BEFORE = "SELECT count(*) > 0 FROM known"
FOLLOW = ("follow_find", "follow_lines", "follow_tickets")
FOLLOWS = """
    SELECT EXISTS (FROM merged_members) OR EXISTS (FROM tickets WHERE named_member_id IS NOT NULL)
"""
# What a clean batch of new orders need not go through.
WHEN = {
    "load_rejects": """
        SELECT coalesce(sum(line_count) FILTER (fault IS NULL), 0) < (SELECT count(*) FROM arriving)
        FROM placed
    """,
    "load_clear": SEEN_BEFORE,
    "load_clear_tickets": SEEN_BEFORE,
    "load_appended": SEEN_BEFORE,
    **dict.fromkeys(FOLLOW, FOLLOWS),
}
LOAD_STOCK = ("load_stock_rejects", "load_stock_clear", "load_stock")
DERIVE = (
    "derive_chains", "derive_changed", "derive_delete", "derive_insert", "derive_joined",
    "derive_told", "derive_done",
)  # fmt: skip
REBUILD = (
    "rebuild_touched", "derive_chains", "rebuild_tickets", "derive_joined", "derive_told",
    "derive_done",
)  # fmt: skip


def schema() -> list[Statement]:
    """The tables and macros of this room."""
    return [_statement("warehouse_schema"), _statement("warehouse_macros")]


def load_lines(
    import_id: int | None, source: str, *, at_once: bool | None = None
) -> list[Statement]:
    """Take in the order lines of the view `arriving` (layout "lines", with `batch_id`,
    `line_no`, `fault`); of many batches no order stands in two.

    `at_once`: derive the chains of its members too; left out, a small load does so, and an import
    leaves that to `derive`. Until the transaction ends, `changed_places` says in which stores
    (store_id) and on which days (business_on) tickets changed.
    """
    parameters = {
        "import_id": import_id,
        "source": source,
        "cutoff_hours": chain().day_cutoff_hours,
    }
    derives = not import_id if at_once is None else at_once
    return _statements(LOAD_LINES, parameters) + (_statements(DERIVE) if derives else [])


def load_stock() -> list[Statement]:
    """Take in the daily stock of the view `arriving`; each day, store and product once."""
    return _statements(LOAD_STOCK)


def derive() -> bool:
    """Chain the purchases of the members touched since the last time; whether there were any.

    Where many were touched all tickets are written anew, which also puts them in order of date.
    """
    work = _count_work()
    if not work["touched"]:
        return False
    is_much = work["touched"] > REBUILD_SHARE * work["tickets"]
    run(*_statements(REBUILD if is_much else DERIVE), refresh())
    return True


def derive_all() -> None:
    """Chain all purchases anew, whoever was touched."""
    run(*_statements(REBUILD), refresh())


def is_derived() -> bool:
    """Whether every purchase stands in its chain; until then nobody knows who is old."""
    return not _count_work()["touched"]


def touch(member_ids: Sequence[int], *, at_once: bool) -> list[Statement]:
    """Members whose record changed: their tickets carry home store, join date and graduation, and
    are another member's where records were merged or taken apart."""
    ids = {"ids": list(member_ids)}
    touched = Statement("INSERT INTO touched_members SELECT unnest($ids::BIGINT[])", ids)
    follow = _statements(FOLLOW, ids)
    return [*follow, touched, *(_statements(DERIVE) if at_once else [])]


def _count_work() -> dict[str, int]:
    (work,) = query(named(__package__, "count_work")).to_pylist()
    return dict(work)


def _statements(
    names: Sequence[str], parameters: Mapping[str, Any] | None = None
) -> list[Statement]:
    return [_statement(name, parameters) for name in names]


def _statement(name: str, parameters: Mapping[str, Any] | None = None) -> Statement:
    sql = named(__package__, name)
    return Statement(sql, spoken_of(sql, parameters or {}), WHEN.get(name, ""))
