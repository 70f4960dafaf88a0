"""A chain of four stores, as of the tenth of May 2020."""

from datetime import date

import pytest
from tests.kept_chain import stand_on
from tests.understand.experiments.small_chain import bring_chain

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine

TODAY = date(2020, 5, 10)


@pytest.fixture
def four_stores(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=TODAY))
    stand_on("four stores", bring_chain, warehouse)
    return TODAY
