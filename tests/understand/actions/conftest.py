"""A chain of six stores, as of the third of May 2020."""

from datetime import date

import pytest
from tests.kept_chain import stand_on
from tests.understand.actions.small_chain import TODAY, bring_chain

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine


@pytest.fixture
def six_stores(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=TODAY))
    stand_on("six stores", bring_chain, warehouse)
    return TODAY
