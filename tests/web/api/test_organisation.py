"""Stores and staff through the API."""

from regulars.ground.accounts.models import User
from regulars.know.collect.models import Batch

Role = User.Role


def stores_of(caller) -> list[str]:
    return [store["store_id"] for store in caller.get("stores").json()["items"]]


def test_stores_are_told_with_what_they_hang_under_today(hq) -> None:
    told = hq.get("stores").json()["items"][0]
    assert (told["store_id"], told["region"], told["branch"]) == ("S1", "East", None)
    assert told["opened_on"] == "2015-03-01"


def test_each_sees_the_stores_of_his_own_part(caller, hq) -> None:
    assert stores_of(hq) == ["S1", "S2", "S3"]
    assert stores_of(caller(Role.REGION_HEAD, node="East")) == ["S1", "S2"]
    assert stores_of(caller(Role.STORE_MANAGER, node="S3")) == ["S3"]


def test_a_store_sent_with_a_branch_hangs_there_from_today(hq) -> None:
    store = {"store_id": "S4", "name": "Store S4", "region": "West", "branch": "Harbour"}
    assert hq.post("stores", store).json()["results"][0]["outcome"] == "created"
    told = hq.get("stores").json()["items"][-1]
    assert (told["region"], told["branch"]) == ("West", "Harbour")
    assert hq.post("stores", store).json()["results"][0]["outcome"] == "unchanged"
    assert Batch.objects.filter(kind="changed.org").count() == 1


def test_staff_are_told_with_today_s_positions_and_masked_phones(caller, hq) -> None:
    answer = hq.post(
        "staff",
        {"staff_id": "E1", "name": "Lin", "position": "consultant", "store_id": "S1",
         "phone": "13800001111"},
        {"staff_id": "E2", "name": "Zhao", "position": "consultant", "store_id": "S3"},
    )  # fmt: skip
    assert [result["outcome"] for result in answer.json()["results"]] == ["created"] * 2
    told = hq.get("staff").json()["items"]
    assert [(each["staff_id"], each["phone"]) for each in told] == [
        ("E1", "138****1111"),
        ("E2", None),
    ]
    assert told[0]["positions"][0]["node_id"] == "S1"
    head = caller(Role.REGION_HEAD, node="East")
    assert [each["staff_id"] for each in head.get("staff").json()["items"]] == ["E1"]


def test_a_position_that_does_not_exist_is_named_with_those_that_do(hq) -> None:
    answer = hq.post("staff", {"staff_id": "E1", "name": "Lin", "position": "king"})
    assert answer.status_code == 422
    assert "store_manager" in answer.json()["error"]["message"]


def test_who_is_bound_to_a_part_may_not_write_the_organisation(caller) -> None:
    bound = caller(Role.OPERATIONS, node="East")
    assert bound.post("stores", {"store_id": "S9", "name": "x"}).status_code == 403
