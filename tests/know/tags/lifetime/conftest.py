"""CDNOW's customers, where their data are, and the models fitted on them."""

from typing import Any

import numpy as np
import pytest
from tests.know.tags.lifetime import cdnow

from regulars.know.tags.lifetime import BgNbd, GammaGamma, Histories, bgnbd, gamma_gamma


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    _skip_without_data()
    return cdnow.published()


@pytest.fixture(scope="session")
def customers() -> cdnow.Customers:
    _skip_without_data()
    return cdnow.customers()


@pytest.fixture(scope="session")
def histories(published: dict[str, Any]) -> Histories:
    """In weeks, one row a customer."""
    ones = np.ones(len(published["x"]), np.int64)
    return Histories(published["x"], published["t_x"], published["T"], ones)


@pytest.fixture(scope="session")
def buying(histories: Histories) -> BgNbd:
    return bgnbd.fit(histories)


@pytest.fixture(scope="session")
def spending(published: dict[str, Any]) -> GammaGamma:
    return gamma_gamma.fit(published["x"], published["zbar"])


def _skip_without_data() -> None:
    if not cdnow.FOLDER.is_dir():
        pytest.skip(f"CDNOW's data are not in {cdnow.FOLDER}: say in CDNOW_DATA where they are")
