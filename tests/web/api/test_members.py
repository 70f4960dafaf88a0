"""Members through the API: one's own, masked, in sets that can be sent again."""

from datetime import date

import pytest

from regulars.ground.accounts.models import User
from regulars.know.collect.models import Batch
from regulars.know.members.models import Child, Member

Role = User.Role
PHONE = "13812345678"


@pytest.fixture
def members(hq) -> None:
    answer = hq.post(
        "members",
        {"member_id": "M1", "joined_on": "2020-01-02", "home_store_id": "S1", "phone": PHONE},
        {"member_id": "M2", "joined_on": "2020-01-03", "home_store_id": "S2"},
        {"member_id": "M3", "joined_on": "2020-01-04", "home_store_id": "S3"},
    )
    assert [result["outcome"] for result in answer.json()["results"]] == ["created"] * 3


def seen_by(caller, **filters: str) -> list[str]:
    answer = caller.get("members", **filters)
    assert answer.status_code == 200, answer.content
    return [member["member_id"] for member in answer.json()["items"]]


def test_each_sees_the_members_of_his_own_part(caller, hq, members) -> None:
    assert seen_by(hq) == ["M1", "M2", "M3"]
    assert seen_by(caller(Role.STORE_MANAGER, node="S1")) == ["M1"]
    assert seen_by(caller(Role.REGION_HEAD, node="East")) == ["M1", "M2"]
    assert caller(Role.CATEGORY_MANAGER, category_codes=["Baby"]).get("members").status_code == 403


def test_filters_never_reach_outside_the_scope(caller, hq, members) -> None:
    manager = caller(Role.STORE_MANAGER, node="S2")
    assert seen_by(hq, phone=PHONE) == ["M1"]
    assert seen_by(manager, phone=PHONE) == []
    assert seen_by(manager, store="S1") == []


def test_a_member_is_told_in_full_with_the_phone_masked(hq, members) -> None:
    member = Member.objects.get(code="M1")
    Child.objects.create(member=member, code="C1", birth_on=date(2021, 5, 6))
    told = hq.get("members").json()["items"][0]
    assert told["phone"] == "138****5678"
    assert (told["member_id"], told["joined_on"]) == ("M1", "2020-01-02")
    assert told["home_store_id"] == "S1"
    assert [child["birth_on"] for child in told["children"]] == ["2021-05-06"]
    assert PHONE not in hq.get("members").content.decode()


def test_pages_hold_every_member_once(hq, members) -> None:
    codes, after = [], ""
    while after is not None:
        answer = hq.get("members", limit=2, after=after).json()
        codes += [member["member_id"] for member in answer["items"]]
        after = answer["next"]
    assert codes == ["M1", "M2", "M3"]


@pytest.mark.parametrize("after", ["x", "-1", "1e3", "9" * 30, "²"])
def test_a_page_that_is_none_is_named(hq, after: str) -> None:
    answer = hq.get("members", after=after)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "after"


def test_sent_again_nothing_changes_and_what_changes_is_told_to_the_warehouse(hq, members) -> None:
    notice = Batch.objects.get(kind="changed.members")
    assert notice.body == {"ids": list(Member.objects.order_by("id").values_list("id", flat=True))}
    again = {"member_id": "M1", "home_store_id": "S1", "phone": PHONE}
    assert hq.post("members", again).json()["results"][0]["outcome"] == "unchanged"
    assert Batch.objects.filter(kind="changed.members").count() == 1
    moved = {"member_id": "M1", "home_store_id": "S2"}
    assert hq.post("members", moved).json()["results"][0]["outcome"] == "updated"
    newest = Batch.objects.filter(kind="changed.members").order_by("-received_at").first()
    assert newest.body == {"ids": [Member.objects.get(code="M1").pk]}
    told = hq.get("members").json()["items"][0]
    assert (told["home_store_id"], told["phone"]) == ("S2", "138****5678")


def test_a_record_that_cannot_go_in_says_why_and_keeps_no_other_out(hq) -> None:
    answer = hq.post(
        "members",
        {"member_id": "M8", "joined_on": "2020-01-02", "home_store_id": "S9"},
        {"member_id": "M9", "joined_on": "2020-01-02", "home_store_id": "S1"},
    )
    rejected, created = answer.json()["results"]
    assert (rejected["index"], rejected["id"], rejected["outcome"]) == (0, "M8", "rejected")
    (fault,) = rejected["faults"]
    assert (fault["column"], fault["reason"], fault["value"]) == (
        "home_store_id", "unknown_store", "S9",
    )  # fmt: skip
    assert fault["message"]
    assert (created["id"], created["outcome"], created["faults"]) == ("M9", "created", [])


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"joined_on": "yesterday"}, "joined_on", "must be a date such as 2017-12-31"),
        ({"gender": "x"}, "gender", "must be one of: 'f' or 'm'"),
        ({"consent_sms": "perhaps"}, "consent_sms", "must be true or false"),
        ({"nickname": "Lin"}, "nickname", "is not a known field"),
        ({"member_id": ""}, "member_id", "must not be empty"),
        ({"member_id": 7}, "member_id", "must be text"),
    ],
)
def test_a_record_of_the_wrong_shape_refuses_the_request_naming_record_and_field(
    hq, wrong: dict[str, object], field: str, sentence: str
) -> None:
    good = {"member_id": "M1", "joined_on": "2020-01-02"}
    answer = hq.post("members", good, {"member_id": "M2", **wrong})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("invalid", field)
    assert error["message"] == f"Record 1: “{field}” {sentence}."
    assert error["faults"][0]["record"] == 1
    assert not Member.objects.exists()


def test_a_batch_has_its_limits(hq) -> None:
    records = [{"member_id": f"M{number}"} for number in range(1001)]
    assert hq.post("members", *records).status_code == 422
    assert hq.post("members").status_code == 422


def test_a_store_manager_changes_her_own_members_alone(caller, members) -> None:
    manager = caller(Role.STORE_MANAGER, node="S1")
    answer = manager.post(
        "members",
        {"member_id": "M1", "level": "gold"},
        {"member_id": "M2", "level": "gold"},
        {"member_id": "M1x", "joined_on": "2021-01-01", "home_store_id": "S1"},
        {"member_id": "M2x", "joined_on": "2021-01-01", "home_store_id": "S2"},
        {"member_id": "M3x", "joined_on": "2021-01-01"},
    )
    outcomes = [result["outcome"] for result in answer.json()["results"]]
    assert outcomes == ["updated", "rejected", "created", "rejected", "rejected"]
    assert answer.json()["results"][1]["faults"][0]["reason"] == "outside_scope"
    assert Member.objects.get(code="M2").level == ""
    assert not Member.objects.filter(code__in=["M2x", "M3x"]).exists()


def test_a_store_manager_cannot_give_a_member_away(caller, members) -> None:
    manager = caller(Role.STORE_MANAGER, node="S1")
    answer = manager.post("members", {"member_id": "M1", "home_store_id": "S2"})
    assert answer.json()["results"][0]["faults"][0]["column"] == "home_store_id"
    assert Member.objects.get(code="M1").home_store.code == "S1"
