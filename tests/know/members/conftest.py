"""A chain of two branches with three stores and three consultants, standing on one day."""

from datetime import date

import pytest
from tests.rows import table

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.org.service import upsert_staff, upsert_stores

TODAY = date(2025, 6, 15)


@pytest.fixture(autouse=True)
def chain(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=TODAY))
    upsert_stores(
        table(
            {"store_id": "S1", "name": "One", "branch_id": "B1"},
            {"store_id": "S2", "name": "Two", "branch_id": "B1"},
            {"store_id": "S3", "name": "Three", "branch_id": "B2"},
        )
    )
    upsert_staff(
        table(
            *[
                {
                    "staff_id": f"E{n}",
                    "name": f"E{n}",
                    "position": "consultant",
                    "store_id": f"S{n}",
                }
                for n in (1, 2, 3)
            ]
        )
    )
