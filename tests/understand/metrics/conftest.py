"""A chain to count by hand."""

from datetime import date

import pytest
from tests.understand.metrics.small_chain import MEMBERS, PRODUCTS, STORES, bring

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine


@pytest.fixture
def small_chain(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two stores and two members who joined in June 2019, seen from the end of March 2020."""
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=date(2020, 3, 31)))
    bring("stores", *STORES)
    bring("products", *PRODUCTS)
    bring("members", *MEMBERS)
    return warehouse
