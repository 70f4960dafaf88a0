"""A chain of two stores in two regions, seen from the fifth of February 2020."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.kept_chain import stand_on
from tests.web.conftest import bring_chain_of_two, line

from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.warehouse.engine import Engine
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting

TODAY = date(2020, 2, 5)
NOON = datetime(2020, 2, 5, 4, tzinfo=UTC)
"""Twelve o'clock in Shanghai."""
Sell = Callable[..., None]


@pytest.fixture
def open_day(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """S2 has sold 70.00 to M2 today; the month before, S1 sold 305.05."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    stand_on("chain of two", bring_chain_of_two, warehouse)


@pytest.fixture
def sell(open_day: None) -> Sell:
    """`sell("N1", "S1", "M1", 1_000)`: one order of today, loaded."""

    def sold(order: str, store: str, member: str | None, cents: int, **more: Any) -> None:
        record = line(order, more.pop("day", "2020-02-05"), store, member, cents, **more)
        receive("lines", source="test", body={"records": [record]})
        load_waiting()

    return sold


def node(code: str) -> int:
    return Node.objects.get(code=code).pk
