"""The tree and the metrics through the API, over a real warehouse."""

from typing import Any

import pytest

from regulars.ground.accounts.models import User
from regulars.ground.warehouse.engine import Engine
from regulars.know.loader.service import load_waiting

Role = User.Role
PERIOD = {"from": "2020-02-01", "to": "2020-02-29"}


def order(
    order_id: str, store_id: str, member_id: str | None, cents: int, **more: Any
) -> dict[str, Any]:
    lines = [{"product_id": more.pop("product_id", "P1"), "quantity": 1, "net_cents": cents}]
    return {
        "order_id": order_id, "store_id": store_id, "member_id": member_id, "lines": lines,
        "sold_at": "2020-02-03T10:30:00+08:00", **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def sales(warehouse: Engine, hq) -> None:
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
        order("O0", "S1", "M1", 10000, sold_at="2020-01-05T10:00:00+08:00"),
        order("O1", "S1", "M1", 30000),
        order("O2", "S1", None, 500, product_id="P2"),
        order("O3", "S3", "M3", 7000),
    )
    load_waiting()
    state = hq.get(f"batches/{answer.json()['batch_id']}").json()
    assert (state["state"], state["row_count"], state["rejects"]) == ("loaded", 4, [])


def tree(caller, **asked: str) -> dict[str, Any]:
    answer = caller.get("metrics/tree", **(PERIOD | asked))
    assert answer.status_code == 200, answer.content
    return answer.json()


def cents_by_part(told: dict[str, Any]) -> dict[str, int]:
    return {p["code"]: p["counts"]["net_cents"] for p in told["parts"] if p["counts"]["net_cents"]}


def test_the_parts_of_the_whole_chain_sum_to_its_sales(hq) -> None:
    told = tree(hq)
    assert told["net_cents"] == 37500
    assert cents_by_part(told) == {"active_old": 30000, "new": 7000, "non_member": 500}
    assert told["question"]["period"] == PERIOD
    assert told["question"]["compared"] == {"from": "2020-01-01", "to": "2020-01-31"}
    assert told["change_cents"] == 27500
    assert told["as_of"]


def test_a_part_s_contributions_sum_to_its_change(hq) -> None:
    old = next(part for part in tree(hq)["parts"] if part["code"] == "active_old")
    given = [factor["contribution_cents"] for factor in old["factors"]]
    assert None in given or sum(given) == old["change_cents"]
    assert old["factors"][0]["code"] == "members"
    assert old["factors"][1]["value"] == 1.0


def test_each_gets_the_tree_of_his_own_scope(caller, hq) -> None:
    assert tree(caller(Role.STORE_MANAGER, node="S1"))["net_cents"] == 30500
    assert tree(caller(Role.REGION_HEAD, node="West"))["net_cents"] == 7000
    milk = caller(Role.CATEGORY_MANAGER, category_codes=["Baby > Milk"])
    assert tree(milk)["net_cents"] == 37000
    assert tree(milk)["question"]["category"] == ["Baby > Milk"]


@pytest.mark.parametrize(
    ("role", "bounds", "asked"),
    [
        (Role.STORE_MANAGER, {"node": "S1"}, {"org": "S3"}),
        (Role.REGION_HEAD, {"node": "East"}, {"org": "S3"}),
        (Role.REGION_HEAD, {"node": "East"}, {"org": "HQ"}),
        (Role.CATEGORY_MANAGER, {"category_codes": ["Baby"]}, {"category": "Fresh"}),
    ],
)
def test_what_lies_outside_the_scope_is_refused(
    caller, role: str, bounds: dict[str, Any], asked: dict[str, str]
) -> None:
    for path in ("metrics", "metrics/tree"):
        assert caller(role, **bounds).get(path, **PERIOD, **asked).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"from": "2020-02-30"}, 400, "from"),
        ({"from": "2020-03-01", "to": "2020-02-01"}, 400, "to"),
        ({"compare": "yesterday"}, 400, "compare"),
        ({"org": "S9"}, 404, "org"),
        ({"category": "Nothing"}, 404, "category"),
        ({"brand": "Nobody"}, 404, "brand"),
    ],
)
def test_an_impossible_question_is_answered_with_what_is_wrong(
    hq, asked: dict[str, str], status: int, field: str
) -> None:
    answer = hq.get("metrics/tree", **(PERIOD | asked))
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)


def test_every_metric_comes_with_its_definition_and_never_0_for_unknown(hq) -> None:
    told = hq.get("metrics", **PERIOD).json()["metrics"]
    values = {metric["code"]: metric for metric in told}
    assert values["net_sales"]["value"] == 37500
    assert (values["conversion"]["numerator"], values["conversion"]["denominator"]) == (1, 1)
    assert values["visit_rate"]["value"] is None
    assert values["visit_rate"]["reason"]
    assert all(metric["formula"] and metric["name"] for metric in told)
