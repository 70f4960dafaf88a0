"""What stands in a store today: goods that a member usually buys, and goods that were named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query

MOST_USUAL = 5


@dataclass(frozen=True)
class GoodHere:
    """`category` is its path of names; `stock` what stood in the store at the end of `stock_on`,
    its latest day on record; None where none is: not known. `times` and `last_on`: how often and
    when a member bought it, where one was named."""

    code: str
    name: str
    category: str | None
    times: int
    last_on: date | None
    stock: Decimal | None
    stock_on: date | None


def list_usual_goods(member_id: int, store_id: int, since: date) -> list[GoodHere]:
    """What a member bought most often since a day, and what of it stands in a store."""
    told = {"member": member_id, "store": store_id, "since": since, "most": MOST_USUAL}
    return _goods("usual_goods", told)


def list_goods_here(store_id: int, codes: Sequence[str]) -> list[GoodHere]:
    """Products by their codes, in that order, and what of them stands in a store."""
    return _goods("goods_here", {"store": store_id, "codes": list(codes)})


def _goods(name: str, told: dict[str, Any]) -> list[GoodHere]:
    return [GoodHere(**row) for row in query(named(__package__, name), told).to_pylist()]
