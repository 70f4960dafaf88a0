"""People in front of the screen, and a small chain for them to look at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.kept_chain import stand_on

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.org import service as org
from regulars.ground.warehouse.engine import Engine
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting

PASSWORD = "熟客-of-the-house-7"
Role = User.Role

STORES = [
    {"store_id": "S1", "name": "Oak Street", "region_id": "R1", "region": "East"},
    {"store_id": "S2", "name": "Mill Lane", "region_id": "R2", "region": "West"},
]
PRODUCTS = [
    {"product_id": "P1", "name": "Milk powder", "category": "Baby > Milk", "brand": "A"},
    {"product_id": "P2", "name": "Apples", "category": "Fresh", "brand": "B"},
]
MEMBERS = [
    {
        "member_id": "M1", "name": "王芳", "joined_on": "2019-01-02", "home_store_id": "S1",
        "phone": "13812345678", "level": "gold",
    },
    {"member_id": "M2", "name": "李静", "joined_on": "2020-02-02", "home_store_id": "S2"},
]  # fmt: skip
CHILDREN = [{"member_id": "M1", "child_id": "C1", "birth_on": "2019-08-10"}]


def line(order_id: str, day: str, store: str, member: str | None, cents: int, **more: Any) -> Any:
    return {
        "order_id": order_id, "sold_at": f"{day}T10:00:00+08:00", "store_id": store,
        "member_id": member, "product_id": "P1", "quantity": 1, "net_cents": cents, **more,
    }  # fmt: skip


LINES = [
    line("O0", "2020-01-05", "S1", "M1", 10_000),
    line("O1", "2020-02-03", "S1", "M1", 30_000),
    line("O2", "2020-02-04", "S1", None, 505, product_id="P2"),
    line("O3", "2020-02-05", "S2", "M2", 7_000),
]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def chain_of_two(warehouse: Engine) -> None:
    """Oak Street in the East and Mill Lane in the West; February 2020 sells 375.05 in all."""
    stand_on("chain of two", bring_chain_of_two, warehouse)


def bring_chain_of_two() -> None:
    arriving = {
        "stores": STORES, "products": PRODUCTS, "members": MEMBERS, "children": CHILDREN,
        "lines": LINES,
    }  # fmt: skip
    for kind, records in arriving.items():
        receive(kind, source="test", body={"records": records})
    load_waiting()


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """`sign_in(Role.STORE_MANAGER, node="S1")`: a browser in which someone is signed in."""

    def made(role: str, *, node: str | None = None, language: str = "en", **bounds: Any) -> Client:
        user = accounts.create_user(
            None,
            f"{role}-{User.objects.count()}",
            PASSWORD,
            role,
            node=org.get_node(node) if node else None,
            **bounds,
        )
        client = Client(headers={"accept-language": language})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return made
