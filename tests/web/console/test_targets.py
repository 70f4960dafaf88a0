"""Targets on pages, on the phone and through the API, each to whom it is for."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.understand.targets.models import Day, Plan, Proposal, TargetNode

Role = User.Role
SignIn = Callable[..., Client]
WISH = {
    "name": "Spring", "code": "spring", "kind": "year", "first_on": "2021-01-01",
    "last_on": "2021-03-31", "base_months": "12", "growth": "10", "shares": "base",
    "comment": "as every year",
}  # fmt: skip
MADE = WISH | {"save": "1"}


@pytest.fixture
def hq(chain_of_two: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "today", lambda: date(2020, 12, 1))
    return sign_in(Role.OPERATIONS)


def text(client: Client, path: str, **asked: str) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def moved(hq: Client, *states: str) -> None:
    for state in states:
        assert hq.post("/targets/spring/move/", {"state": state}).status_code == 302


def test_a_plan_is_looked_at_made_split_agreed_and_frozen(hq: Client) -> None:
    assert "Make one from last year" in text(hq, "/targets/")
    looked = hq.post("/targets/new/", WISH).content.decode()
    assert "¥522.56" in looked  # 475.05 in January and February 2020, and ten per cent more
    assert not Plan.objects.exists()
    made = hq.post("/targets/new/", MADE)
    assert made.headers["Location"] == "/targets/spring/"
    page = text(hq, "/targets/spring/")
    assert "¥522.56" in page
    assert "as every year" in page
    month = text(hq, "/targets/spring/", org="S1", month="2021-02")
    assert "Active old members" in month
    assert "Day by day" in month
    assert "Nobody knows yet what the days of the week sell" in month
    assert "No target" in text(hq, "/targets/spring/", org="S2", month="2021-01")
    assert "Milk" not in text(hq, "/targets/spring/")
    assert "Baby" in text(hq, "/targets/spring/", axis="category")
    moved(hq, "proposed", "agreed", "frozen")
    assert Plan.objects.get().frozen_number == 1
    assert hq.post("/targets/spring/amount/", {"amount": "1", "how": "lift"}).status_code == 400
    assert "frozen" in text(hq, "/targets/")


def test_what_is_wrong_with_a_plan_is_said_at_its_field(hq: Client) -> None:
    for told, said in (
        ({"growth": ""}, "Give a growth or an amount."),
        ({"last_on": "2020-01-01"}, "The end stands before the start."),
        ({"base_months": "48"}, "give an amount"),
        ({"code": "new"}, "small letters"),
        ({"category": "Nothing"}, "There is no category"),
        ({"kind": "campaign", "metrics": "new_members"}, "is not like"),
        ({"kind": "campaign", "metrics": "luck 5"}, "There is no metric"),
        ({"w-new-members": "-1"}, "whole per cents"),
    ):
        assert said in hq.post("/targets/new/", MADE | told).content.decode(), told
    assert not Plan.objects.exists()
    hq.post("/targets/new/", MADE | {"w-new-members": "90"})
    assert Plan.objects.get().weights["new"]["members"] == 90
    assert "is taken" in hq.post("/targets/new/", MADE).content.decode()


def test_a_campaign_has_its_own_days_goods_and_numbers(hq: Client) -> None:
    campaign = MADE | {
        "kind": "campaign", "first_on": "2021-02-01", "last_on": "2021-02-10",
        "category": "Baby > Milk", "metrics": "new_members 5\nticket_value 12.50",
    }  # fmt: skip
    hq.post("/targets/new/", campaign)
    page = text(hq, "/targets/spring/")
    assert "Milk" in page
    assert "New members" in page
    assert "¥12.50" in page
    assert "¥407.00" in page  # 370.00 of milk in the same days, and ten per cent more


def test_an_amount_is_changed_and_what_follows_is_a_version(hq: Client) -> None:
    hq.post("/targets/new/", MADE)
    change = {"org": "S1", "month": "2021-02", "amount": "200", "how": "lift", "comment": "road"}
    assert hq.post("/targets/spring/amount/", change).status_code == 302
    page = text(hq, "/targets/spring/", org="S1", month="2021-02")
    assert "¥200.00" in page
    assert "road" in page
    assert hq.post("/targets/spring/amount/", change | {"how": "fly"}).status_code == 400
    assert hq.post("/targets/spring/amount/", change | {"month": "x"}).status_code == 400
    assert hq.post("/targets/spring/amount/", change | {"org": "S9"}).status_code == 404
    assert hq.post("/targets/spring/amount/", {"amount": "900", "how": "lift"}).status_code == 302
    assert "¥900.00" in text(hq, "/targets/spring/")


def test_a_sheet_goes_out_and_comes_back(hq: Client) -> None:
    hq.post("/targets/new/", MADE)
    content = hq.get("/targets/spring/sheet.xlsx").content
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert lines[0] == ["Id", "Name", "Kind", "2021-01", "2021-02", "2021-03"]
    by_code = {line[0]: line for line in lines}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, lines[0])
        sheet.write_row(1, 0, [*by_code["S1"][:4], 111.11])
        sheet.write_row(2, 0, by_code["S2"])
    told = {"how": "lift", "file": SimpleUploadedFile("amounts.xlsx", file.getvalue())}
    assert hq.post("/targets/spring/upload/", told).status_code == 302
    assert "¥111.11" in text(hq, "/targets/spring/", org="S1", month="2021-02")
    wrong = {"how": "lift", "file": SimpleUploadedFile("amounts.xlsx", b"nothing")}
    assert hq.post("/targets/spring/upload/", wrong).status_code == 400


def test_a_store_manager_proposes_on_the_phone_and_the_head_accepts(
    hq: Client, sign_in: SignIn
) -> None:
    hq.post("/targets/new/", MADE)
    store = sign_in(Role.STORE_MANAGER, node="S1")
    assert "put no plan to you" in text(store, "/m/targets/")
    assert store.get("/targets/spring/").status_code == 404
    moved(hq, "proposed")
    page = text(store, "/m/targets/")
    assert "What can we do?" in page
    assert "2021-02 · ¥333.05" in page
    proposal = {"month": "2021-02", "amount": "300.00", "note": "road works"}
    assert store.post("/m/targets/spring/propose/", proposal).status_code == 302
    assert store.post("/m/targets/spring/propose/", {"amount": "-1"}).status_code == 400
    assert "¥300.00" in text(store, "/m/targets/")
    west = sign_in(Role.REGION_HEAD, node="R2")
    pk = Proposal.objects.get().pk
    assert west.post(f"/targets/spring/proposals/{pk}/", {"accept": "1"}).status_code == 404
    assert "road works" not in text(west, "/targets/spring/")
    assert "road works" in text(hq, "/targets/spring/")
    answer = {"accept": "1", "how": "lift", "answer": "fine"}
    assert hq.post(f"/targets/spring/proposals/{pk}/", answer).status_code == 302
    assert "¥300.00" in text(store, "/targets/spring/", month="2021-02")
    assert "fine" in text(store, "/m/targets/")
    store.post("/targets/spring/comment/", {"org": "S1", "text": "Thank you"})
    assert "Thank you" in text(hq, "/targets/spring/")
    assert "Thank you" not in text(west, "/targets/spring/")


def test_days_unlike_others_are_set_and_taken_back(hq: Client, sign_in: SignIn) -> None:
    day = {"first": "2021-02-11", "last": "2021-02-12", "kind": "holiday", "name": "New Year"}
    assert hq.post("/targets/calendar/set/", day | {"weight_percent": "150"}).status_code == 302
    page = text(hq, "/targets/calendar/", year="2021")
    assert "New Year" in page
    assert "150.0%" in page
    assert "None yet" in text(hq, "/targets/calendar/", year="9" * 50)
    assert hq.post("/targets/calendar/set/", day | {"last": "2020-01-01"}).status_code == 400
    assert hq.post("/targets/calendar/remove/", day).status_code == 302
    assert not Day.objects.exists()


def test_each_sees_the_own_part_and_changes_no_more(hq: Client, sign_in: SignIn) -> None:
    hq.post("/targets/new/", MADE)
    moved(hq, "proposed")
    store = sign_in(Role.STORE_MANAGER, node="S1")
    assert store.get("/targets/spring/?org=S2").status_code == 403
    assert store.get("/targets/spring/sheet.xlsx").status_code == 403
    milk = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    rows = TargetNode.objects.filter(category__code="Baby", node__kind="head_office")
    cents = sum(rows.values_list("net_cents", flat=True))
    assert f"¥{cents / 100:.2f}" in text(milk, "/targets/spring/")
    head = sign_in(Role.REGION_HEAD, node="R1")
    own = {"org": "R1", "month": "2021-02", "amount": "1", "how": "keep"}
    assert head.post("/targets/spring/amount/", own).status_code == 403
    for client in (store, milk, head):
        assert client.post("/targets/spring/move/", {"state": "agreed"}).status_code == 403
        assert client.post("/targets/new/", MADE).status_code == 403
        assert client.post("/targets/spring/anew/", {}).status_code == 403
        assert client.post("/targets/calendar/set/", {}).status_code == 403
    for role, bounds in ((Role.BRAND_PARTNER, {"brand_codes": ["A"]}), (Role.CONTENT_EDITOR, {})):
        assert sign_in(role, **bounds).get("/targets/").status_code == 403
    consultant = sign_in(Role.CONSULTANT, node="S1")
    assert "¥333.05" in text(consultant, "/m/targets/")
    assert consultant.post("/m/targets/spring/propose/", {"amount": "1"}).status_code == 403


def test_the_api_tells_targets_and_takes_amounts(hq: Client, sign_in: SignIn) -> None:
    asked = {"from": "2021-02-01", "to": "2021-02-28", "org": "S1"}

    def put(client: Client, **told: Any) -> Any:
        body = {"plan": "spring", "amounts": [{"org": "S1", "month": "2021-02", "net_cents": 1}]}
        return client.put("/api/v1/targets", body | told, content_type="application/json")

    hq.post("/targets/new/", MADE)
    nothing = hq.get("/api/v1/targets", asked).json()
    assert (nothing["net_cents"], nothing["parts"]) == (None, [])
    assert "No year plan is in force" in nothing["reason"]
    told = hq.get("/api/v1/targets", asked | {"plan": "spring"}).json()
    assert told["net_cents"] == 33_305
    assert sum(part["counts"]["net_cents"] for part in told["parts"]) == 33_305
    assert sum(day["net_cents"] for day in told["days"]) == 33_305
    amount = {"org": "S1", "month": "2021-02", "net_cents": 30_000}
    assert put(hq, amounts=[amount], how="lift").json()["version"] == 2
    moved(hq, "agreed")
    assert hq.get("/api/v1/targets", asked).json()["net_cents"] == 30_000
    week = hq.get("/api/v1/targets", asked | {"to": "2021-02-07"}).json()
    assert week["net_cents"] == sum(day["net_cents"] for day in week["days"])
    baby = hq.get("/api/v1/targets", asked | {"category": "Baby"}).json()
    assert (baby["parts"], baby["reason"]) == ([], "Only the amount is known.")
    none = hq.get("/api/v1/targets", asked | {"org": "S2", "from": "2021-01-01"}).json()
    assert none["net_cents"] is None
    assert put(hq, amounts=[amount | {"org": "S9"}]).status_code == 404
    assert put(hq, amounts=[amount | {"net_cents": -1}]).status_code == 422
    assert put(hq, amounts=[]).status_code == 422
    store = sign_in(Role.STORE_MANAGER, node="S1")
    assert store.get("/api/v1/targets", asked | {"org": "S2"}).status_code == 403
    assert put(store).status_code == 403
    assert put(sign_in(Role.REGION_HEAD, node="R2")).status_code == 403
    assert Node.objects.filter(code="S1").exists()
