"""The eighty tags that a benchmark computes: counts, sums, first and last ones, by window, category
and channel, most of them of the last months, as a chain asks for them."""

from typing import Any

WINDOWS = (7, 30, 60, 90, 180, 365)
CATEGORY_WINDOWS = (30, 60, 90, 180)
CATEGORIES = 4

Told = dict[str, dict[str, Any]]


def eighty(categories: list[str]) -> Told:
    """Definitions by their codes, as `tags.service.save_all` takes them."""
    told: Told = {}
    for days in WINDOWS:
        told |= {
            f"orders_{days}": _of("orders", "count", days, where="is_purchase"),
            f"spend_{days}": _of("orders", "sum", days, field="net"),
            f"units_{days}": _of("orders", "sum", days, field="units"),
            f"last_on_{days}": _of("orders", "last", days, field="day", where="is_purchase"),
        }
    for number, category in enumerate(categories[:CATEGORIES]):
        own = {"where": f'category under "{category}"'}
        for days in CATEGORY_WINDOWS:
            told[f"lines_{number}_{days}"] = _of("lines", "count", days, **own)
            told[f"net_{number}_{days}"] = _of("lines", "sum", days, field="net", **own)
        told[f"last_on_{number}_180"] = _of("lines", "last", 180, field="day", **own)
    for days in (30, 90):
        told |= {
            f"night_orders_{days}": _of("orders", "count", days, where="hour >= 21"),
            f"weekend_spend_{days}": _of("orders", "sum", days, field="net", where="weekday >= 6"),
            f"online_orders_{days}": _of("orders", "count", days, where='channel = "online"'),
        }
    return told | {
        "orders_ever": _of("orders", "count", where="is_purchase"),
        "spend_ever": _of("orders", "sum", field="net"),
        "first_on": _of("orders", "first", field="day", where="is_purchase"),
        "last_on": _of("orders", "last", field="day", where="is_purchase"),
        "first_channel": _of("orders", "first", field="channel"),
        "last_channel": _of("orders", "last", field="channel"),
        "first_net_90": _of("orders", "first", 90, field="net"),
        "last_net_90": _of("orders", "last", 90, field="net"),
        "discount_90": _of("lines", "sum", 90, field="discount"),
        "points_90": _of("lines", "sum", 90, field="points"),
        "discounted_90": _of("lines", "count", 90, where="is_discounted"),
        "returned_90": _of("lines", "count", 90, where="is_return"),
        "first_brand_90": _of("lines", "first", 90, field="brand"),
        "last_brand_90": _of("lines", "last", 90, field="brand"),
    }


def _of(fact: str, measure: str, last_days: int | None = None, **more: str) -> dict[str, Any]:
    window = {"last_days": last_days} if last_days else {}
    return {"kind": "aggregate", "fact": fact, "measure": measure, **window, **more}


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
