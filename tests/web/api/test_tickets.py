"""Tickets through the API: from the warehouse, of one's own stores."""

from typing import Any

import pytest

from regulars.ground.accounts.models import User
from regulars.know.loader.service import load_waiting

pytestmark = pytest.mark.usefixtures("sales")
Role = User.Role
PERIOD = {"from": "2020-01-01", "to": "2020-02-29"}


def orders_of(caller, **asked: Any) -> list[tuple[str, str | None]]:
    answer = caller.get("orders", **(PERIOD | asked))
    assert answer.status_code == 200, answer.content
    return sorted((t["order_id"], t["member_id"]) for t in answer.json()["items"])


def test_a_ticket_is_told_with_the_chain_s_own_ids(hq) -> None:
    (told,) = hq.get("orders", **PERIOD, store="S3").json()["items"]
    assert told == {
        "order_id": "O3", "sold_at": "2020-02-03T10:30:00+08:00", "business_on": "2020-02-03",
        "store_id": "S3", "member_id": "M3", "staff_id": None, "channel": "store",
        "original_order_id": None, "units": 1, "lines": 1, "net_cents": 7000,
    }  # fmt: skip


def test_each_sees_the_tickets_of_his_own_stores(caller, hq) -> None:
    assert orders_of(hq) == [("O0", "M1"), ("O1", "M1"), ("O2", None), ("O3", "M3")]
    assert orders_of(caller(Role.REGION_HEAD, node="West")) == [("O3", "M3")]
    assert caller(Role.CATEGORY_MANAGER, category_codes=["Baby"]).get("orders").status_code == 403


def test_a_period_a_store_and_a_member_narrow_them(hq) -> None:
    assert orders_of(hq, to="2020-01-31") == [("O0", "M1")]
    assert orders_of(hq, store="S3") == [("O3", "M3")]
    assert orders_of(hq, member="M1") == [("O0", "M1"), ("O1", "M1")]


def test_another_store_s_member_stays_unnamed_and_cannot_be_asked_for(caller, hq) -> None:
    hq.post("members", {"member_id": "M1", "home_store_id": "S2"})
    load_waiting()
    manager = caller(Role.STORE_MANAGER, node="S1")
    assert orders_of(manager) == [("O0", None), ("O1", None), ("O2", None)]
    assert manager.get("orders", **PERIOD, member="M1").status_code == 404
    assert manager.get("orders", **PERIOD, store="S3").status_code == 403


def test_pages_hold_every_ticket_once(hq) -> None:
    ids, after = [], ""
    while after is not None:
        answer = hq.get("orders", **PERIOD, limit=3, after=after).json()
        ids += [ticket["order_id"] for ticket in answer["items"]]
        after = answer["next"]
    assert sorted(ids) == ["O0", "O1", "O2", "O3"]


def test_a_period_that_ends_before_it_starts_is_refused(hq) -> None:
    answer = hq.get("orders", **{"from": "2020-02-01", "to": "2020-01-01"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "to")
