"""Events put straight into the warehouse: what reads them is looked at, not what loads them."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pyarrow as pa
import pytest

from regulars.ground.kit import clock
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import Statement, run, stage

CLICK = {
    "source": "shop", "type": "track", "name": "$WebClick", "url_host": "shop.example",
    "url_path": "/p/1", "title": "Milk powder", "selector": "#buy", "element_path": "button#buy",
    "content": "加入购物车", "position": None, "anonymous_id": "a1", "properties": "{}",
}  # fmt: skip
VIEW = CLICK | {
    "type": "page", "name": "Milk powder", "selector": None, "element_path": None, "content": None,
}  # fmt: skip
TYPES = {
    "event_no": pa.int64(), "position": pa.int32(), "person_id": pa.int64(),
    "occurred_at": pa.timestamp("us", tz="UTC"),
    "received_at": pa.timestamp("us", tz="UTC"),
}  # fmt: skip
Happen = Callable[..., None]
_numbers = count(1)


@pytest.fixture
def happen(warehouse: Engine) -> Happen:
    """`happen({"content": "买"}, {...}, days_ago=3)`: clicks (or `of=VIEW`) with these facts; each
    was sent in a batch of its own."""

    def insert(*events: dict[str, Any], of: dict[str, Any] = CLICK, days_ago: float = 0) -> None:
        at = clock.now() - timedelta(days=days_ago)
        moments = {"occurred_at": at, "received_at": at}
        rows = [{"event_no": next(_numbers), **of, **moments, **event} for event in events]
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {n: pa.array([r.get(n) for r in rows], TYPES.get(n, pa.string())) for n in names}
        stage("happened", pa.table(columns))
        run(
            Statement(
                "INSERT INTO events BY NAME SELECT * EXCLUDE (event_no),"
                " event_no::UHUGEINT AS event_key,"
                " md5(event_no::VARCHAR)::UUID AS batch_id,"
                " occurred_at::DATE AS business_on FROM happened"
            )
        )

    return insert
