"""Orders through the API: checked at once, stored before they are answered."""

from typing import Any
from uuid import uuid4

import pytest

from regulars.ground.accounts.models import User
from regulars.know.collect.models import Batch, Reject

Role = User.Role


@pytest.fixture(autouse=True)
def known(hq) -> None:
    hq.post("products", {"product_id": "P1", "name": "Milk", "category": "Baby > Milk"})
    hq.post("members", {"member_id": "M1", "joined_on": "2020-01-02", "home_store_id": "S1"})


def order(order_id: str, **changes: Any) -> dict[str, Any]:
    lines = [{"product_id": "P1", "quantity": 2, "net_cents": 39800}]
    sold_at = "2020-02-03T18:30:00+08:00"
    return {
        "order_id": order_id, "sold_at": sold_at, "store_id": "S1", "member_id": "M1",
        "lines": lines, **changes,
    }  # fmt: skip


def test_orders_are_stored_as_one_batch_of_flat_lines(hq) -> None:
    two_lines = [
        {"product_id": "P1", "quantity": "1.5", "net_cents": 100},
        {"product_id": "P1", "quantity": -1, "net_cents": -50},
    ]
    answer = hq.post("orders", order("O1"), order("O2", lines=two_lines, channel="live"))
    assert answer.status_code == 200
    assert [result["outcome"] for result in answer.json()["results"]] == ["accepted"] * 2
    batch = Batch.objects.get(kind="lines")
    assert answer.json()["batch_id"] == str(batch.pk)
    assert [
        (r["order_id"], r["quantity"], r["net_cents"], r.get("channel"))
        for r in batch.body["records"]
    ] == [("O1", "2", 39800, None), ("O2", "1.5", 100, "live"), ("O2", "-1", -50, "live")]


def test_an_order_naming_what_does_not_exist_is_rejected_with_every_fault(hq) -> None:
    wrong = order(
        "O2", store_id="S9", member_id="M9", staff_id="E9",
        lines=[{"product_id": "P9", "quantity": 1, "net_cents": 1}],
    )  # fmt: skip
    answer = hq.post("orders", order("O1"), wrong).json()
    accepted, rejected = answer["results"]
    assert (accepted["outcome"], rejected["outcome"]) == ("accepted", "rejected")
    assert [(fault["column"], fault["reason"], fault["value"]) for fault in rejected["faults"]] == [
        ("store_id", "unknown_store", "S9"),
        ("member_id", "unknown_member", "M9"),
        ("staff_id", "unknown_staff", "E9"),
        ("lines.0.product_id", "unknown_product", "P9"),
    ]
    assert all(fault["message"] != fault["reason"] for fault in rejected["faults"])
    assert {r["order_id"] for r in Batch.objects.get(kind="lines").body["records"]} == {"O1"}


def test_when_nothing_is_accepted_there_is_no_batch(hq) -> None:
    assert hq.post("orders", order("O1", store_id="S9")).json()["batch_id"] is None
    assert not Batch.objects.filter(kind="lines").exists()


def test_an_order_sent_twice_in_one_batch_is_rejected_both_times(hq) -> None:
    answer = hq.post("orders", order("O1"), order("O1")).json()
    assert [result["outcome"] for result in answer["results"]] == ["rejected"] * 2


def test_who_is_bound_to_a_part_knows_no_stores_outside_it(caller) -> None:
    bound = caller(Role.OPERATIONS, node="East")
    answer = bound.post("orders", order("O1"), order("O2", store_id="S3")).json()
    assert [result["outcome"] for result in answer["results"]] == ["accepted", "rejected"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sold_at": "2020-02-03T18:30:00"}, "sold_at"),
        ({"lines": []}, "lines"),
        ({"lines": [{"product_id": "P1", "quantity": 1}]}, "lines.0.net_cents"),
        ({"lines": [{"product_id": "P1", "quantity": 1, "net_cents": 0.5}]}, "lines.0.net_cents"),
    ],
)
def test_an_order_of_the_wrong_shape_names_record_and_field(
    hq, wrong: dict[str, Any], field: str
) -> None:
    error = hq.post("orders", order("O1"), order("O2", **wrong)).json()["error"]
    assert (error["faults"][0]["record"], error["field"]) == (1, field)
    assert not Batch.objects.filter(kind="lines").exists()


def test_a_batch_tells_its_state_and_what_could_not_go_in(hq) -> None:
    batch_id = hq.post("orders", order("O1")).json()["batch_id"]
    Reject.objects.create(
        batch_id=batch_id, line_no=0, step="check", column="store_id", reason="unknown_store",
        value="S9",
    )  # fmt: skip
    told = hq.get(f"batches/{batch_id}").json()
    assert (told["state"], told["kind"], told["error"]) == ("waiting", "lines", "")
    assert told["rejects"] == [
        {"line": 0, "column": "store_id", "reason": "unknown_store",
         "message": "There is no such store.", "value": "S9"}
    ]  # fmt: skip


def test_a_batch_that_does_not_exist_is_named(hq) -> None:
    missing = uuid4()
    answer = hq.get(f"batches/{missing}")
    assert answer.status_code == 404
    assert str(missing) in answer.json()["error"]["message"]
