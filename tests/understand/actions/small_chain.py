"""Six stores of one format with four members each, who bought once a year before; and their staff.

Half of each store's members buy in every week; whoever acts can win the other half.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import Scope, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff
from regulars.know.collect.models import Reject
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting
from regulars.understand.diagnosis.models import Finding

PASSWORD = "熟客-of-the-house-7"
ACTED_ON = date(2020, 4, 6)
TODAY = date(2020, 5, 3)
WEEK = timedelta(days=7)
STORES, MEMBERS_EACH = 6, 4
Role = User.Role


def bring(kind: str, *records: dict[str, Any]) -> None:
    """Load records by the real path; none may be rejected."""
    receive(kind, source="test", body={"records": list(records)})
    load_waiting()
    assert not Reject.objects.exists()


def line(order_id: str, day: date, store: int, member: str | None, cents: int = 1_000) -> Any:
    return {
        "order_id": order_id, "sold_at": f"{day}T10:00:00+08:00", "store_id": f"S{store}",
        "member_id": member, "product_id": "P1", "quantity": 1, "net_cents": cents,
    }  # fmt: skip


def bring_chain(winner: int | None = 0) -> None:
    """Store `winner` has all of its members buying from `ACTED_ON` on, the others half of them."""
    bring("stores", *(
        {"store_id": f"S{n}", "name": f"Store {n}", "region_id": "R1" if n < 5 else "R2",
         "region": "East" if n < 5 else "West", "format": "street"}
        for n in range(STORES)
    ))  # fmt: skip
    bring("products", {"product_id": "P1", "name": "Milk powder", "category": "Milk"})
    bring("members", *(
        {"member_id": f"M{n}-{k}", "joined_on": "2019-01-01", "home_store_id": f"S{n}"}
        for n in range(STORES) for k in range(MEMBERS_EACH)
    ))  # fmt: skip
    bring("lines", *_lines(winner))


def _lines(winner: int | None) -> Iterable[dict[str, Any]]:
    for n in range(STORES):
        for k in range(MEMBERS_EACH):
            yield line(f"first-{n}-{k}", date(2019, 12, 1), n, f"M{n}-{k}")
        for week in range(-4, 4):
            day = ACTED_ON + week * WEEK
            buying = MEMBERS_EACH if n == winner and week >= 0 else MEMBERS_EACH // 2
            for k in range(buying):
                yield line(f"{n}-{week}-{k}", day, n, f"M{n}-{k}")


def node(code: str) -> Node:
    return org.get_node(code)


def staff_of(code: str, name: str, kind: str = Position.Kind.CONSULTANT) -> Staff:
    """Someone with a position at a place since always."""
    staff = Staff.objects.create(code=f"{code}-{name}", name=name)
    org.assign_position(None, staff, node(code), kind, date(2019, 1, 1))
    return staff


def user_of(role: str, code: str | None = None, staff: Staff | None = None) -> tuple[User, Scope]:
    user = accounts.create_user(
        None, f"{role}-{code}-{User.objects.count()}", PASSWORD, role,
        node=node(code) if code else None, staff=staff,
    )  # fmt: skip
    return user, scope_of(user)


def finding_at(code: str, **facts: Any) -> Finding:
    """Retention of the active old is short of 1,000.00 there, found today."""
    told = {
        "made_on": TODAY, "part": "active_old", "factor": "buyers", "against": "previous",
        "first_on": TODAY - 27 * timedelta(days=1), "last_on": TODAY, "gap_cents": -150_000,
        "contribution_cents": -100_000, "members_concerned": 40, "score": 3.5,
        "rank": Finding.objects.count() + 1,
    } | facts  # fmt: skip
    return Finding.objects.create(node=node(code), **told)
