"""Tags of every kind, small enough to follow by hand."""

from datetime import date
from typing import Any

from regulars.know.tags.service import save_all

TODAY = date(2020, 3, 1)


def tag(kind: str, **told: Any) -> dict[str, Any]:
    return {"kind": kind, "zh": "标签", "en": "Tag", **told}


def counted(fact: str, measure: str, **told: Any) -> dict[str, Any]:
    return tag("aggregate", fact=fact, measure=measure, **told)


TAGS = {
    "spend": counted("orders", "sum", field="net"),
    "spend_30d": counted("orders", "sum", field="net", last_days=30),
    "orders_30d": counted("orders", "count", where="is_purchase", last_days=30),
    "spend_in_january": counted("orders", "sum", field="net", start="2020-01-01", end="2020-01-31"),
    "recency": counted("orders", "days_since", where="is_purchase"),
    "first_store": counted("orders", "first", field="store"),
    "last_store": counted("orders", "last", field="store"),
    "largest": counted("orders", "max", field="net"),
    "milk": counted("lines", "sum", field="net", where='category under "Baby"'),
    "milk_or_dear": counted(
        "lines", "count", where='category under "Baby" and net > 80.00 or brand = "B"'
    ),
    "goods": counted("lines", "distinct", field="product"),
    "favourite": counted("lines", "favourite", field="top_category", weight="net"),
    "interval": counted("orders", "interval", where="is_purchase"),
    "milk_share": counted("lines", "share", part='category under "Baby"', weight="net"),
    "in_east": counted("orders", "count", where='store under "R1"'),
    "level": tag("attribute", field="level"),
    "child_months": tag("attribute", field="youngest_months"),
    "stage": tag("attribute", field="youngest_stage"),
    "r_score": tag("rank", of="recency", into=2, is_falling=True),
    "m_score": tag("rank", of="spend", into=2),
    "top_here": tag("rank", of="spend", top_percent=50, within="store"),
    "atv": tag("rule", text="spend_30d / orders_30d"),
    "days_quiet": tag("rule", text="recency - 1"),
    "lifecycle": tag(
        "rule",
        text='case when recency is unknown then "prospect" when recency <= 21 then "active"'
        ' when r_score = 2 then "fading" else "lost" end',
    ),
    "is_loyal": tag("rule", text="spend > 300.00 and not in_east > 0"),
}


def bring_tags() -> None:
    save_all(None, TAGS)
