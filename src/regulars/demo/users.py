"""The demo's users: one a role, each where there is most to see."""

from typing import Any

from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import create_user
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node, Staff
from regulars.ground.org.service import path_of
from regulars.ground.warehouse.service import query

Role = User.Role
DEMO_USERS = (
    "chairman", "hq", "region", "store", "consultant", "category", "brand", "admin",
)  # fmt: skip


def make_users(password: str) -> None:
    """Make those that are not there yet, all with one password."""
    places, goods = _row("best_store", today=clock.today()), _row("best_goods")
    store = Node.objects.get(pk=places["store_id"])
    region = next(node for node in path_of(store) if node.kind == Node.Kind.REGION)
    users: dict[str, dict[str, Any]] = {
        "chairman": {"role": Role.CHAIRMAN},
        "hq": {"role": Role.OPERATIONS},
        "region": {"role": Role.REGION_HEAD, "node": region},
        "store": {"role": Role.STORE_MANAGER, "node": store, "staff": _staff(places["manager_id"])},
        "consultant": {
            "role": Role.CONSULTANT,
            "node": store,
            "staff": _staff(places["consultant_id"]),
        },
        "category": {"role": Role.CATEGORY_MANAGER, "category_codes": [goods["category"]]},
        "brand": {"role": Role.BRAND_PARTNER, "brand_codes": [goods["brand"]]},
        "admin": {"role": Role.ADMINISTRATOR},
    }
    for name, facts in users.items():
        if not User.objects.filter(username=name).exists():
            create_user(None, name, password, **facts)


def _staff(staff_id: int) -> Staff:
    return Staff.objects.get(pk=staff_id)


def _row(name: str, **parameters: Any) -> dict[str, Any]:
    (row,) = query(named(__package__, name), parameters).to_pylist()
    return dict(row)
