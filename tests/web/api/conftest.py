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
