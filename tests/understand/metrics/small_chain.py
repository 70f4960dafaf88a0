"""A chain small enough to count by hand: two stores, two members, one thing to buy."""

from typing import Any

from regulars.know.collect.models import Reject
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting

STORES = [
    {"store_id": "S1", "name": "One", "region_id": "R1", "region": "East"},
    {"store_id": "S2", "name": "Two", "region_id": "R2", "region": "West"},
]
PRODUCTS = [{"product_id": "P1", "name": "Milk powder", "category": "Milk"}]
MEMBERS = [{"member_id": f"M{n}", "joined_on": "2019-06-01", "home_store_id": "S1"} for n in (1, 2)]


def bring(kind: str, *records: dict[str, Any]) -> None:
    """Load records by the real path; none may be rejected."""
    receive(kind, source="test", body={"records": list(records)})
    load_waiting()
    assert not Reject.objects.exists()


def bring_chain() -> None:
    bring("stores", *STORES)
    bring("products", *PRODUCTS)
    bring("members", *MEMBERS)


def line(
    order_id: str, day: str, member: str | None, cents: int = 1_000, store: str = "S1", **more: Any
) -> dict[str, Any]:
    return {
        "order_id": order_id, "sold_at": f"{day}T10:00:00+08:00", "store_id": store,
        "member_id": member, "product_id": "P1", "quantity": 1, "net_cents": cents,
    } | more  # fmt: skip
