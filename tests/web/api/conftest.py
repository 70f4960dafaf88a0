"""A small chain, and callers of its API with tokens of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.org import service as org
from regulars.ground.warehouse.engine import Engine
from regulars.know.loader.service import load_waiting

PASSWORD = "熟客-of-the-house-7"
Role = User.Role


@dataclass
class Caller:
    """Speaks to the API as one user."""

    user: User
    token: str
    language: str = "en"

    def get(self, path: str, **parameters: Any) -> HttpResponse:
        return Client().get(f"/api/v1/{path}", parameters, headers=self.headers)

    def post(self, path: str, *records: dict[str, Any]) -> HttpResponse:
        return Client().post(
            f"/api/v1/{path}",
            {"records": list(records)},
            content_type="application/json",
            headers=self.headers,
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def stores() -> None:
    """Region East with S1 and S2, region West with S3, all since always."""
    rows = [("S1", "East"), ("S2", "East"), ("S3", "West")]
    outcome = org.upsert_stores(
        pa.Table.from_pylist(
            [
                {
                    "line_no": number,
                    "store_id": code,
                    "name": f"Store {code}",
                    "region": region,
                    "opened_on": date(2015, 3, 1),
                }
                for number, (code, region) in enumerate(rows)
            ]
        )
    )
    assert outcome.rejects.num_rows == 0


@pytest.fixture
def caller(db: None, stores: None) -> Callable[..., Caller]:
    """`caller(Role.STORE_MANAGER, node="S1")`: someone with a token."""

    def make(role: str, *, node: str | None = None, **bounds: Any) -> Caller:
        user = accounts.create_user(
            None,
            f"{role}-{User.objects.count()}",
            PASSWORD,
            role,
            node=org.get_node(node) if node else None,
            **bounds,
        )
        return Caller(user, accounts.issue_token(None, user))

    return make


@pytest.fixture
def hq(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.OPERATIONS)


def _order(
    order_id: str, store_id: str, member_id: str | None, cents: int, **more: Any
) -> dict[str, Any]:
    lines = [{"product_id": more.pop("product_id", "P1"), "quantity": 1, "net_cents": cents}]
    return {
        "order_id": order_id, "store_id": store_id, "member_id": member_id, "lines": lines,
        "sold_at": "2020-02-03T10:30:00+08:00", **more,
    }  # fmt: skip


@pytest.fixture
def sales(warehouse: Engine, hq: Caller) -> None:
    """February 2020: S1 sells 300.00 of milk to its member and 5.00 of apples to someone, S3
    sells 70.00 of milk; January: S1 100.00."""
    hq.post("stores", {"store_id": "S1", "area_m2": 100})
    hq.post(
        "products",
        {"product_id": "P1", "name": "Milk", "category": "Baby > Milk", "brand": "A"},
        {"product_id": "P2", "name": "Apples", "category": "Fresh", "brand": "B"},
    )
    hq.post(
        "members",
        {"member_id": "M1", "joined_on": "2019-01-02", "home_store_id": "S1"},
        {"member_id": "M3", "joined_on": "2020-02-02", "home_store_id": "S3"},
    )
    answer = hq.post(
        "orders",
        _order("O0", "S1", "M1", 10000, sold_at="2020-01-05T10:00:00+08:00"),
        _order("O1", "S1", "M1", 30000),
        _order("O2", "S1", None, 500, product_id="P2"),
        _order("O3", "S3", "M3", 7000),
    )
    load_waiting()
    state = hq.get(f"batches/{answer.json()['batch_id']}").json()
    assert (state["state"], state["row_count"], state["rejects"]) == ("loaded", 4, [])
