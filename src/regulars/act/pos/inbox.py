"""A ticket as order lines in the inbox, like any other sender's."""

from typing import Any

from regulars.act.pos.models import Sale
from regulars.act.pos.rules import MILLI
from regulars.know.collect.service import receive

SOURCE = "till"


def hand_over(sale: Sale) -> None:
    """In the transaction of the ticket itself: there is no ticket that the numbers lack."""
    receive("lines", source=SOURCE, body={"records": [_record(sale, line) for line in sale.lines]})


def _record(sale: Sale, line: dict[str, Any]) -> dict[str, Any]:
    told = {
        "order_id": sale.order_id,
        "sold_at": sale.sold_at.isoformat(),
        "store_id": sale.store.code,
        "member_id": sale.member.code if sale.member else None,
        "staff_id": sale.staff.code if sale.staff else None,
        "channel": "store",
        "original_order_id": sale.original.order_id if sale.original else None,
        "product_id": line["product"],
        "quantity": quantity_of(line["milli"]),
        "net_cents": line["net_cents"],
        "list_cents": line["gross_cents"],
        "discount_chain_cents": line["discount_cents"],
        "cost_cents": line["cost_cents"],
    }
    return {name: value for name, value in told.items() if value is not None}


def quantity_of(milli: int) -> str:
    """Thousandths as people write a quantity: 1500 → "1.5"."""
    sign, (whole, rest) = "-" if milli < 0 else "", divmod(abs(milli), MILLI)
    return f"{sign}{whole}" + (f".{rest:03d}".rstrip("0") if rest else "")
