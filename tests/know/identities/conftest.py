"""The small chain, loaded."""

import pytest
from tests.kept_chain import stand_on
from tests.know.identities.small_chain import bring

from regulars.ground.warehouse.engine import Engine


@pytest.fixture
def chain(warehouse: Engine) -> None:
    stand_on("two shops", bring, warehouse)
