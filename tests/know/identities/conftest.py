"""The small chain, loaded."""

import pytest
from tests.know.identities.small_chain import bring

from regulars.ground.warehouse.engine import Engine


@pytest.fixture
def chain(warehouse: Engine) -> None:
    bring()
