"""The tags that benchmarks compute: eighty counts, sums, first and last ones, by window, category
and channel, as a chain of shops for mothers and babies asks for them; and the whole library."""

from typing import Any

WINDOWS = (7, 30, 60, 90, 180, 365, None)
CATEGORY_WINDOWS = (30, 90, 180, 365)
CATEGORIES = 4

Told = dict[str, dict[str, Any]]


def eighty(categories: list[str]) -> Told:
    """Definitions by their codes, as `tags.service.save_all` takes them."""
    told: Told = {}
    for days in WINDOWS:
        window, name = _window(days)
        told |= {
            f"orders_{name}": _of("orders", "count", where="is_purchase", **window),
            f"spend_{name}": _of("orders", "sum", field="net", **window),
            f"units_{name}": _of("orders", "sum", field="units", **window),
            f"last_on_{name}": _of("orders", "last", field="day", where="is_purchase", **window),
        }
    for number, category in enumerate(categories[:CATEGORIES]):
        chosen = f'category under "{category}"'
        for days in CATEGORY_WINDOWS:
            window, name = _window(days)
            told[f"lines_{number}_{name}"] = _of("lines", "count", where=chosen, **window)
            told[f"net_{number}_{name}"] = _of("lines", "sum", field="net", where=chosen, **window)
        told[f"net_{number}_ever"] = _of("lines", "sum", field="net", where=chosen)
        told[f"last_on_{number}_ever"] = _of("lines", "last", field="day", where=chosen)
    year = {"last_days": 365}
    told |= {
        "first_on": _of("orders", "first", field="day", where="is_purchase"),
        "first_channel": _of("orders", "first", field="channel"),
        "last_channel": _of("orders", "last", field="channel"),
        "first_net": _of("orders", "first", field="net"),
        "last_net": _of("orders", "last", field="net"),
        "night_orders_365": _of("orders", "count", where="hour >= 21", **year),
        "weekend_spend_365": _of("orders", "sum", field="net", where="weekday >= 6", **year),
        "discount_365": _of("lines", "sum", field="discount", **year),
        "points_365": _of("lines", "sum", field="points", **year),
        "discounted_365": _of("lines", "count", where="is_discounted", **year),
        "returned_365": _of("lines", "count", where="is_return", **year),
        "last_brand_365": _of("lines", "last", field="brand", **year),
    }
    return told


def _of(fact: str, measure: str, **more: Any) -> dict[str, Any]:
    return {"kind": "aggregate", "fact": fact, "measure": measure, **more}


def _window(days: int | None) -> tuple[dict[str, int], str]:
    return ({"last_days": days}, str(days)) if days else ({}, "ever")


TOP_CATEGORIES = """
    SELECT split_part(categories.code, ' > ', 1) AS category
    FROM products JOIN categories USING (category_id)
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 4
"""
SIZES = """
    SELECT (SELECT count(*) FROM order_lines) AS "lines",
        (SELECT count(*) FROM tickets) AS tickets, (SELECT count(*) FROM members) AS members
"""
OF_THESE_LINES = """
    SELECT member_id FROM order_lines
    WHERE business_on = $day AND member_id IS NOT NULL ORDER BY ticket_id LIMIT $lines
"""
MEMBERS_OF = f"SELECT DISTINCT member_id FROM ({OF_THESE_LINES})"
TOUCH = f"INSERT INTO changed_members (member_id) {MEMBERS_OF}"
