"""A chain to count by hand."""

from datetime import date

import pytest
from tests.kept_chain import stand_on
from tests.understand.metrics.small_chain import bring_chain

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine


@pytest.fixture
def small_chain(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two stores and two members who joined in June 2019, seen from the end of March 2020."""
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=date(2020, 3, 31)))
    stand_on("two stores", bring_chain, warehouse)
    return warehouse
