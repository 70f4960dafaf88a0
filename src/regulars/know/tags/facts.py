"""What tags count: facts with a day, whose they are, and the fields that a text may name.

SQL here is fixed text of ours; a user's text never becomes SQL but through `know/language`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from sqlglot import exp, parse_one
from sqlglot.expressions import Expr

from regulars.ground.kit.sql import tree_of
from regulars.know.language.types import Type

MEMBER, PRODUCT, STORE, STAFF = "member", "product", "store", "staff"
DAY = "day"
TABLES = frozenset({"tickets", "order_lines"})


@dataclass(frozen=True)
class Field:
    """A value of a fact, or of a `dimension` that it names."""

    type: Type
    label: str | Promise
    sql: str
    dimension: str = ""
    has_tree: bool = False
    may_be_unknown: bool = False


@dataclass(frozen=True)
class Dimension:
    """A small table beside a fact: a row a `key`. `rows` names the query."""

    key: str
    rows: str


@dataclass(frozen=True)
class Order:
    """A whole number of at most so many bits: numbers compare much faster than rows of columns."""

    sql: str
    bits: int


@dataclass(frozen=True)
class Fact:
    """`rows` names a table or a query, which `$today` may limit; `on` is its business date; `keys`
    whose a row is, by subject; `order` tells rows of one day apart, so that a first one is always
    the same."""

    label: str | Promise
    rows: str
    on: str
    order: Order
    keys: Mapping[str, str]
    fields: Mapping[str, Field] = field(default_factory=dict)
    has_properties: bool = False


DIMENSIONS = {
    name: Dimension(f"{name}_id", f"dimension_{name}") for name in (PRODUCT, STORE, STAFF)
}

_DAYS = {
    DAY: Field(Type.DATE, _("day"), "{on}"),
    "weekday": Field(Type.COUNT, _("weekday, 1 is Monday"), "isodow({on})"),
    "month": Field(Type.COUNT, _("month, 1 to 12"), "month({on})"),
}
_STORES = {
    "store": Field(Type.TEXT, _("store"), "store", STORE, has_tree=True),
    "store_name": Field(Type.TEXT, _("name of the store"), "store_name", STORE),
    "store_format": Field(Type.TEXT, _("format of the store"), "format", STORE),
}
_GOODS = {
    "product": Field(Type.TEXT, _("product"), "product", PRODUCT),
    "product_name": Field(Type.TEXT, _("name of the product"), "product_name", PRODUCT),
    "category": Field(Type.TEXT, _("category"), "category", PRODUCT, has_tree=True),
    "top_category": Field(Type.TEXT, _("top category"), "top_category", PRODUCT),
    "brand": Field(Type.TEXT, _("brand"), "brand", PRODUCT),
    "is_gift": Field(Type.YES_NO, _("a gift"), "is_gift", PRODUCT),
}
_DISCOUNTS = ("discount_chain_cents", "discount_brand_cents", "discount_supplier_cents")
_DISCOUNT = " + ".join(f"coalesce({column}, 0)" for column in _DISCOUNTS)
_EVENT = {
    "event": Field(Type.TEXT, _("name of the event"), "name"),
    "event_type": Field(Type.TEXT, _("kind of event"), "type"),
    "source": Field(Type.TEXT, _("source"), "source"),
    "hour": Field(Type.COUNT, _("hour"), "hour(occurred_at)"),
    "host": Field(Type.TEXT, _("site"), "url_host"),
    "path": Field(Type.TEXT, _("page"), "url_path"),
    "title": Field(Type.TEXT, _("title of the page"), "title"),
    "content": Field(Type.TEXT, _("text of the element"), "content"),
    "share_depth": Field(Type.COUNT, _("how often passed on"), "share_depth"),
}
_LINE_ORDER = Order(
    "((ticket_id::HUGEINT << 32 | product_id) << 24 | (net_cents & 16777215)) << 8 | (units & 255)",
    104,
)
_EVENT_ORDER = Order(
    "epoch_us(occurred_at)::HUGEINT << 48 | (event_key & 281474976710655)::HUGEINT", 104
)
FACTS: dict[str, Fact] = {
    "orders": Fact(
        _("orders"),
        "tickets",
        "business_on",
        Order("ticket_id", 40),
        {MEMBER: "member_id", STORE: "store_id", STAFF: "staff_id"},
        _DAYS
        | _STORES
        | {
            "net": Field(Type.MONEY, _("net sales"), "net_cents"),
            "units": Field(Type.COUNT, _("units"), "units"),
            "goods": Field(Type.COUNT, _("different goods"), "sku_count"),
            "channel": Field(Type.TEXT, _("channel"), "channel"),
            "hour": Field(Type.COUNT, _("hour"), "hour(sold_at)"),
            "is_purchase": Field(Type.YES_NO, _("a purchase, not a return"), "is_purchase"),
            "is_member": Field(Type.YES_NO, _("by a member"), "member_id IS NOT NULL"),
            "is_at_home": Field(Type.YES_NO, _("in the home store"), "store_id = home_store_id"),
            "is_first": Field(
                Type.YES_NO, _("a first purchase"), "is_purchase AND prev_on IS NULL"
            ),
            "gap": Field(
                Type.COUNT,
                _("days since the purchase before"),
                "business_on - prev_on",
                may_be_unknown=True,
            ),
            "buyer": Field(Type.COUNT, _("member"), "member_id"),
            "staff": Field(Type.TEXT, _("staff"), "staff", STAFF),
        },
    ),
    "lines": Fact(
        _("order lines"),
        "order_lines",
        "business_on",
        _LINE_ORDER,
        {MEMBER: "member_id", PRODUCT: "product_id", STORE: "store_id"},
        _DAYS
        | _STORES
        | _GOODS
        | {
            "net": Field(Type.MONEY, _("net sales"), "net_cents"),
            "margin": Field(
                Type.MONEY, _("gross margin"), "net_cents - cost_cents", may_be_unknown=True
            ),
            "discount": Field(Type.MONEY, _("discount"), _DISCOUNT),
            "list": Field(Type.MONEY, _("at list price"), "coalesce(list_cents, net_cents)"),
            "points": Field(Type.MONEY, _("paid with points"), "coalesce(points_cents, 0)"),
            "units": Field(Type.COUNT, _("units"), "units"),
            "is_discounted": Field(Type.YES_NO, _("discounted"), f"{_DISCOUNT} > 0"),
            "is_return": Field(Type.YES_NO, _("a return"), "quantity < 0"),
            "is_member": Field(Type.YES_NO, _("by a member"), "member_id IS NOT NULL"),
            "channel": Field(Type.TEXT, _("channel"), "channel"),
            "order": Field(Type.COUNT, _("order"), "ticket_id"),
            "buyer": Field(Type.COUNT, _("member"), "member_id"),
        },
    ),
    "events": Fact(
        _("events"),
        "facts_events",
        "business_on",
        _EVENT_ORDER,
        {MEMBER: "member_id", STORE: "store_id", STAFF: "staff_id"},
        _DAYS | _EVENT,
        has_properties=True,
    ),
    "visits": Fact(
        _("days with a visit to page or app"),
        "facts_visits",
        "business_on",
        Order("0", 1),
        {MEMBER: "member_id"},
        _DAYS
        | {
            "touches": Field(Type.COUNT, _("pages seen"), "touches"),
            "hour": Field(Type.COUNT, _("hour"), "hour(occurred_at)"),
        },
    ),
    "coupons": Fact(
        _("coupons"),
        "facts_coupons",
        "business_on",
        _EVENT_ORDER,
        {MEMBER: "member_id", STORE: "store_id"},
        _DAYS
        | {
            "state": Field(
                Type.TEXT,
                _("issued or used"),
                "state",
            ),
            "campaign": Field(Type.TEXT, _("campaign"), "properties ->> 'campaign'"),
            "coupon": Field(Type.TEXT, _("coupon"), "properties ->> 'coupon'"),
        },
        has_properties=True,
    ),
    "joins": Fact(
        _("members who joined"),
        "facts_joins",
        "joined_on",
        Order("member_id", 40),
        {STORE: "store_id"},
        {
            DAY: Field(Type.DATE, _("day"), "{on}"),
            "channel": Field(Type.TEXT, _("joined by"), "join_channel"),
            "level": Field(Type.TEXT, _("level"), "level"),
            "is_phone_verified": Field(Type.YES_NO, _("phone verified"), "is_phone_verified"),
            "has_child": Field(Type.YES_NO, _("child on file"), "has_child_on_file"),
        },
    ),
}


def relation(rows: str, alias: str) -> Expr:
    """A table or a query of this room, under another name."""
    if rows in TABLES:
        return exp.to_table(rows).as_(alias, table=True)
    return tree_of(__package__, rows).subquery(alias)


@cache
def field_sql(fact: str, name: str) -> Expr:
    """The value of a field as a tree, its columns those of `f` or of its dimension."""
    found = FACTS[fact].fields[name]
    told = parse_one(found.sql.format(on=FACTS[fact].on), dialect="duckdb")
    table = found.dimension or "f"
    for column in list(told.find_all(exp.Column)):
        column.set("table", exp.to_identifier(table))
    return told
