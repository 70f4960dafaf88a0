"""A store with a till: two goods with prices, a member of its own, one of another store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from tests.kept_chain import stand_on
from tests.web.conftest import bring_chain_of_two

from regulars.act.pos import service
from regulars.act.pos.models import Sale
from regulars.act.pos.wishes import Wish
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.org.models import Node, Position, Staff
from regulars.ground.warehouse.engine import Engine
from regulars.know.catalog.models import Product

Role = User.Role


def bring_a_till() -> None:
    bring_chain_of_two()
    Product.objects.filter(code="P1").update(list_cents=19_900, cost_cents=12_000, barcode="690001")
    Product.objects.filter(code="P2").update(list_cents=505, barcode="690002")
    place = {"node": Node.objects.get(code="S1"), "valid_from": clock.today()}
    lin = Staff.objects.create(code="A1", name="Lin")
    Position.objects.create(staff=lin, kind=Position.Kind.CONSULTANT, **place)


@dataclass
class Till:
    """Someone at the till of Oak Street; `sell` sells `(product, milli, discount)`s."""

    user: User
    store: Node

    def wish(self, *lines: tuple[Any, ...], **more: Any) -> Wish:
        scope = scope_of(self.user)
        told = []
        for product, milli, *discount in lines:
            (found,) = service.find_goods(scope, self.store, product)
            told.append(
                {
                    "product": product,
                    "milli": milli,
                    "price_cents": found.price_cents,
                    "quote": found.quote,
                    "discount_cents": discount[0] if discount else 0,
                }
            )
        return wish_of(
            {
                "sale_id": new_id(),
                "seller": service.seller_token(self.user, self.store),
                "lines": told,
                "method": "cash",
                "given_cents": 10**8,
                **more,
            }
        )

    def sell(self, *lines: tuple[Any, ...], **more: Any) -> Sale:
        return service.sell(self.user, self.wish(*lines, **more))

    def take_back(self, sale: Sale, **milli: int) -> Sale:
        wish = service.WishedReturn(
            new_id(), {int(place[1:]): much for place, much in milli.items()}, "cash"
        )
        return service.take_back(self.user, sale.sale_id, wish)


def wish_of(told: dict[str, Any]) -> Wish:
    """As the till sends it: through the same reader."""
    return service.read(orjson.dumps(told, default=str), Wish)


@pytest.fixture
def till(warehouse: Engine) -> Callable[..., Till]:
    stand_on("a till", bring_a_till, warehouse)
    store = Node.objects.get(code="S1")

    def at(role: str = Role.STORE_MANAGER, staff: str | None = None) -> Till:
        user = User.objects.create(
            username=f"{role}-{User.objects.count()}", role=role, node=store,
            staff=Staff.objects.get(code=staff) if staff else None,
        )  # fmt: skip
        return Till(user, store)

    return at


@pytest.fixture
def manager(till: Callable[..., Till]) -> Till:
    return till()
