"""What each kind of record looks like: the columns of files and API bodies alike.

Ids are text; money is integer cents (`x_cents`, or `x` in major units); dates and moments ISO.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    QUANTITY = "quantity"
    CENTS = "cents"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    PHONE = "phone"


@dataclass(frozen=True)
class Column:
    name: str
    type: Type = Type.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()


def _key(name: str, type: Type = Type.TEXT) -> Column:
    return Column(name, type, is_required=True)


ORDER_COLUMNS = (
    _key("order_id"),
    _key("sold_at", Type.MOMENT),
    _key("store_id"),
    Column("member_id"),
    Column("staff_id"),
    Column("channel"),
    Column("version", Type.INTEGER),
    Column("original_order_id"),
)
LINE_COLUMNS = (
    _key("product_id"),
    _key("quantity", Type.QUANTITY),
    _key("net_cents", Type.CENTS),
    Column("list_cents", Type.CENTS),
    Column("discount_chain_cents", Type.CENTS),
    Column("discount_brand_cents", Type.CENTS),
    Column("discount_supplier_cents", Type.CENTS),
    Column("points_cents", Type.CENTS),
    Column("stored_value_cents", Type.CENTS),
    Column("cost_cents", Type.CENTS),
)
POSITIONS = (
    "head_office", "region_head", "branch_head", "store_manager", "consultant", "cashier",
)  # fmt: skip

LAYOUTS: dict[str, tuple[Column, ...]] = {
    "stores": (
        _key("store_id"),
        _key("name"),
        Column("region_id"),
        Column("region"),
        Column("branch_id"),
        Column("branch"),
        Column("format"),
        Column("area_m2", Type.INTEGER),
        Column("opened_on", Type.DATE),
        Column("closed_on", Type.DATE),
    ),
    "staff": (
        _key("staff_id"),
        _key("name"),
        Column("position", is_required=True, choices=POSITIONS),
        Column("store_id"),
        Column("node_id"),
        Column("phone", Type.PHONE),
        Column("valid_from", Type.DATE),
        Column("valid_to", Type.DATE),
    ),
    "products": (
        _key("product_id"),
        _key("name"),
        _key("category"),
        Column("brand"),
        Column("supplier"),
        Column("barcode"),
        Column("unit_rule", choices=("units", "one")),
        Column("replenish_days", Type.INTEGER),
        Column("pack_content", Type.INTEGER),
        Column("is_gift", Type.BOOLEAN),
        Column("list_cents", Type.CENTS),
        Column("cost_cents", Type.CENTS),
    ),
    "members": (
        _key("member_id"),
        Column("joined_on", Type.DATE),
        Column("name"),
        Column("phone", Type.PHONE),
        Column("gender", choices=("f", "m")),
        Column("birthday", Type.DATE),
        Column("join_store_id"),
        Column("join_channel"),
        Column("recruiter_id"),
        Column("home_store_id"),
        Column("level"),
        Column("household_id"),
        Column("consultant_id"),
        Column("consent_sms", Type.BOOLEAN),
        Column("consent_call", Type.BOOLEAN),
        Column("consent_wecom", Type.BOOLEAN),
    ),
    "children": (
        _key("member_id"),
        _key("child_id"),
        Column("birth_on", Type.DATE),
        Column("due_on", Type.DATE),
        Column("gender", choices=("f", "m")),
        Column("is_confirmed", Type.BOOLEAN),
    ),
    "relations": (
        _key("member_id"),
        _key("staff_id"),
        _key("valid_from", Type.DATE),
        Column("valid_to", Type.DATE),
    ),
    "orders": ORDER_COLUMNS,
    "lines": (*ORDER_COLUMNS, *LINE_COLUMNS),
    "stock": (
        _key("stock_on", Type.DATE),
        _key("store_id"),
        _key("product_id"),
        _key("quantity", Type.QUANTITY),
    ),
}

IMPORT_ORDER = (
    "stores", "staff", "products", "members", "children", "relations", "lines", "stock",
)  # fmt: skip
"""Kinds in the order in which they may refer to each other."""


def phone_columns(layout: Sequence[Column]) -> list[str]:
    """Which columns hold phones: what is in them is never stored in clear."""
    return [column.name for column in layout if column.type is Type.PHONE]
