"""The eighty tags as somebody would write them in SQL: one FILTER each, nothing of ours."""

from datetime import date
from typing import Any

from bench.tag_sets import eighty

DISCOUNT = " + ".join(
    f"coalesce(discount_{who}_cents, 0)" for who in ("chain", "brand", "supplier")
)
FIELDS = {
    "net": "net_cents",
    "day": "business_on",
    "discount": DISCOUNT,
    "points": "coalesce(points_cents, 0)",
}
CONDITIONS = {
    "hour >= 21": "hour(sold_at) >= 21",
    'channel = "online"': "channel = 'online'",
    "weekday >= 6": "isodow(business_on) >= 6",
    "is_discounted": f"{DISCOUNT} > 0",
    "is_return": "quantity < 0",
}
ROWS = {
    "orders": "tickets",
    "lines": "order_lines LEFT JOIN (SELECT product_id, brands.code AS brand,"
    " split_part(categories.code, ' > ', 1) AS top FROM products LEFT JOIN categories"
    " USING (category_id) LEFT JOIN brands USING (brand_id)) USING (product_id)",
}
PLACE = "(business_on - DATE '1970-01-01')::BIGINT * 1099511627776 + ticket_id"
BLOCK, MEMBERS = 2_000_000, 10_000_000


def whole(categories: list[str], today: date) -> list[str]:
    """The sums of every tag over all members, a query for each block of members."""
    return [
        _query(categories, today, f"member_id >= {start} AND member_id < {start + BLOCK}")
        for start in range(0, MEMBERS + 1, BLOCK)
    ]


def of_some(categories: list[str], today: date) -> str:
    """The same for `$members`."""
    return _query(categories, today, "member_id IN (SELECT unnest($members::BIGINT[]))")


def one_each(categories: list[str], today: date) -> dict[str, str]:
    """A query a tag, by its code."""
    return {
        code: f"SELECT {_sum(told, code)} FROM ({_grouped(told['fact'], {code: told}, today)})"
        for code, told in eighty(categories).items()
    }


def sums(table: str, categories: list[str]) -> str:
    """The sums of the tags that stand in a table, comparable with those of `whole`."""
    columns = ", ".join(_sum(told, code) for code, told in eighty(categories).items())
    return f"SELECT {columns} FROM {table}"


def _query(categories: list[str], today: date, among: str) -> str:
    told = eighty(categories)
    parts = {
        fact: _grouped(fact, {c: t for c, t in told.items() if t["fact"] == fact}, today, among)
        for fact in ROWS
    }
    columns = ", ".join(_sum(each, code) for code, each in told.items())
    joined = f"({parts['orders']}) FULL JOIN ({parts['lines']}) USING (member_id)"
    return f"SELECT {columns} FROM {joined}"


def _grouped(fact: str, told: dict[str, dict[str, Any]], today: date, among: str = "TRUE") -> str:
    columns = ", ".join(f"{_aggregate(each, today)} AS {code}" for code, each in told.items())
    where = f"member_id IS NOT NULL AND business_on <= DATE '{today}' AND {among}"
    return f"SELECT member_id, {columns} FROM {ROWS[fact]} WHERE {where} GROUP BY member_id"


def _aggregate(told: dict[str, Any], today: date) -> str:
    limits = []
    if days := told.get("last_days"):
        limits.append(f"business_on > DATE '{today}' - {days}")
    if where := told.get("where"):
        is_category = where.startswith("category under ")
        named = where.removeprefix("category under ").strip('"')
        limits.append(f"top = '{named}'" if is_category else CONDITIONS.get(where, where))
    chosen = f" FILTER ({' AND '.join(limits)})" if limits else ""
    field = FIELDS.get(told.get("field", ""), told.get("field", ""))
    match told["measure"]:
        case "count":
            return f"count(*){chosen}"
        case "sum":
            return f"sum({field}){chosen}"
        case "first":
            return f"arg_min({field}, {PLACE}){chosen}"
        case _:
            return f"arg_max({field}, {PLACE}){chosen}"


def _sum(told: dict[str, Any], code: str) -> str:
    """Numbers are added up, dates by their days; of texts those that are known are counted."""
    match told.get("field"):
        case "day":
            return f"sum({code} - DATE '1970-01-01') AS {code}"
        case "channel" | "brand":
            return f"count({code}) AS {code}"
        case _:
            return f"coalesce(sum({code}), 0) AS {code}"
