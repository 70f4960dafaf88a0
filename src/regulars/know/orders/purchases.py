"""What one member bought: her visits, her months, her categories."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query

LATEST_VISITS = 10
MOST_CATEGORIES = 8


@dataclass(frozen=True)
class Visit:
    """One ticket; money and units are negative on returns."""

    order_no: str
    sold_at: datetime
    business_on: date
    store: str
    channel: str | None
    sku_count: int
    units: int
    net_cents: int


@dataclass(frozen=True)
class Month:
    """What was bought in a calendar month; months without a ticket are left out."""

    month_on: date
    tickets: int
    net_cents: int


@dataclass(frozen=True)
class CategoryBought:
    """`path` is the category's code; `last_on` the last day something of it was bought."""

    path: str
    name: str
    tickets: int
    net_cents: int
    last_on: date


def list_visits(member_id: int) -> list[Visit]:
    """Her latest tickets, the latest first."""
    parameters = {"member": member_id, "most": LATEST_VISITS}
    return [Visit(**row) for row in _rows("member_visits", parameters)]


def list_months(member_id: int) -> list[Month]:
    """All her months with tickets, in order."""
    return [Month(**row) for row in _rows("member_months", {"member": member_id})]


def list_categories_bought(member_id: int) -> list[CategoryBought]:
    """The categories that she spent most on."""
    parameters = {"member": member_id, "most": MOST_CATEGORIES}
    return [CategoryBought(**row) for row in _rows("member_categories", parameters)]


def _rows(name: str, parameters: dict[str, int]) -> list[dict[str, Any]]:
    return query(named(__package__, name), parameters).to_pylist()  # type: ignore[no-any-return]
