"""The till's pages and what its script asks: by people who may, of their own store."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.act.pos.models import Closing, Sale
from regulars.ground.accounts.models import User
from regulars.ground.kit.ids import new_id
from regulars.know.catalog.models import Product

Role = User.Role
SignIn = Callable[..., Client]


@pytest.fixture
def cashier(chain_of_two: None, sign_in: SignIn) -> Client:
    Product.objects.filter(code="P1").update(list_cents=19_900, barcode="690001")
    return sign_in(Role.STORE_MANAGER, node="S1")


def facts(client: Client) -> dict[str, Any]:
    text = client.get("/m/till/").content.decode()
    told = text.partition('<script id="till-facts" type="application/json">')[2]
    return dict(json.loads(told.partition("</script>")[0]))


def wish(client: Client, **more: Any) -> dict[str, Any]:
    (article,) = client.get("/m/till/goods/", {"q": "690001"}).json()["goods"]
    line = {
        "product": article["code"], "milli": 2000, "price_cents": article["price_cents"],
        "quote": article["quote"],
    }  # fmt: skip
    return {
        "sale_id": str(new_id()), "seller": facts(client)["seller"], "lines": [line],
        "method": "cash", "given_cents": 40_000, **more,
    }  # fmt: skip


def sent(client: Client, told: Any) -> Any:
    return client.post("/m/till/sell/", json.dumps(told), content_type="application/json")


def sold(client: Client) -> Sale:
    return Sale.objects.get(sale_id=sent(client, wish(client)).json()["sale_id"])


def test_the_till_says_what_it_took_and_where_the_receipt_is(cashier: Client) -> None:
    told = wish(cashier)
    first, second = sent(cashier, told), sent(cashier, told)
    assert first.json() == second.json()
    assert first.json()["number"] == "S1-000001"
    assert first.json()["change_cents"] == 200
    receipt = cashier.get(first.json()["receipt"]).content.decode()
    assert "¥398.00" in receipt and "Milk powder" in receipt


def test_what_is_wrong_with_a_ticket_is_told_to_the_script(cashier: Client) -> None:
    short = sent(cashier, wish(cashier, given_cents=1))
    assert (short.status_code, short.json()["field"]) == (400, "given_cents")
    assert "Less was given" in short.json()["error"]
    assert sent(cashier, wish(cashier, member="M9")).status_code == 404
    assert sent(cashier, {"x": "y" * 70_000}).json()["error"] == "This ticket is too long."
    assert sent(cashier, "nothing").status_code == 400
    assert not Sale.objects.exists()


def test_goods_are_found_by_code_name_and_barcode(cashier: Client) -> None:
    for text in ("P1", "milk", "690001"):
        (article,) = cashier.get("/m/till/goods/", {"q": text}).json()["goods"]
        assert (article["code"], article["price_cents"]) == ("P1", 19_900)
    assert cashier.get("/m/till/goods/", {"q": "nothing"}).json() == {"goods": []}
    assert cashier.get("/m/till/goods/").status_code == 200


def test_a_member_is_found_chosen_and_signed_up(cashier: Client) -> None:
    (found,) = cashier.get("/m/till/members/", {"q": "13812345678"}).json()["members"]
    assert (found["code"], found["phone"]) == ("M1", "138****5678")
    card = cashier.get("/m/till/member/", {"code": "M1"}).json()
    assert (card["name"], card["suggestion"], card["usual"]) == ("王芳", None, [])
    made = cashier.post("/m/till/member/new/", {"name": "Chen", "phone": "13900001111"}).json()
    assert made["phone"] == "139****1111"
    assert cashier.get("/m/till/member/", {"code": "nobody"}).status_code == 404
    refused = cashier.post("/m/till/member/new/", {"name": "Chen", "phone": "1"})
    assert (refused.status_code, refused.json()["field"]) == (400, "phone")


def test_a_member_of_another_store_is_found_on_her_visit_alone(cashier: Client) -> None:
    for text in ("M2", "李"):
        assert cashier.get("/m/till/members/", {"q": text}).json() == {"members": []}
    assert cashier.get("/m/till/member/", {"code": "M2"}).status_code == 404
    assert cashier.post("/m/till/guest/", {"who": "nobody"}).status_code == 404
    assert cashier.get("/m/till/guest/").status_code == 405
    assert cashier.post("/m/till/guest/", {"who": "M2"}).json()["name"] == "李**"
    assert cashier.get("/m/till/member/", {"code": "M2"}).json()["name"] == "李**"


def test_goods_come_back_on_a_page(cashier: Client) -> None:
    sale = sold(cashier)
    page = f"/m/till/tickets/{sale.sale_id}/return/"
    assert "Milk powder" in cashier.get(page).content.decode()
    told = {"sale_id": str(new_id()), "method": "cash", "line-0": "1"}
    answer = cashier.post(page, told)
    back = Sale.objects.get(original=sale)
    assert answer.headers["Location"] == f"/m/till/tickets/{back.sale_id}/"
    assert "Taken back of" in cashier.get(answer.headers["Location"]).content.decode()
    assert "1 came back" in cashier.get(f"/m/till/tickets/{sale.sale_id}/").content.decode()
    too_much = cashier.post(page, told | {"sale_id": str(new_id()), "line-0": "2"})
    assert too_much.status_code == 400
    assert cashier.post(page, told | {"sale_id": str(new_id()), "line-0": "x"}).status_code == 400


def test_todays_tickets_and_one_by_its_number(cashier: Client) -> None:
    sale = sold(cashier)
    assert "S1-000001" in cashier.get("/m/till/tickets/").content.decode()
    by_number = cashier.get("/m/till/tickets/", {"number": "S1-000001"})
    assert by_number.headers["Location"] == f"/m/till/tickets/{sale.sale_id}/"
    assert (
        "No ticket of this store"
        in cashier.get("/m/till/tickets/", {"number": "9" * 40}).content.decode()
    )
    assert (
        "No ticket on this day"
        in cashier.get("/m/till/tickets/", {"on": "2020-01-01"}).content.decode()
    )


def test_a_drawer_is_closed_on_a_page(cashier: Client) -> None:
    assert "Nothing to close" in cashier.get("/m/till/closing/").content.decode()
    sold(cashier)
    assert "1 ticket since" in cashier.get("/m/till/closing/").content.decode()
    cashier.post("/m/till/closing/close/", {"float": "100.00", "counted": "497.99"})
    assert Closing.objects.get().difference_cents == -1
    assert "−¥0.01" in cashier.get("/m/till/closing/").content.decode()
    assert cashier.post("/m/till/closing/close/", {"counted": "x"}).status_code == 400


def test_who_sees_the_chain_chooses_a_store_first(chain_of_two: None, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS)
    assert "Mill Lane" in client.get("/m/till/").content.decode()
    assert client.get("/m/till/", {"org": "S2"}).status_code == 200
    assert client.get("/m/till/goods/", {"q": "P1"}).status_code == 404


def test_another_stores_till_and_tickets_are_closed(cashier: Client, sign_in: SignIn) -> None:
    sale = sold(cashier)
    other = sign_in(Role.STORE_MANAGER, node="S2")
    assert other.get(f"/m/till/tickets/{sale.sale_id}/").status_code == 404
    assert other.post(f"/m/till/tickets/{sale.sale_id}/return/", {}).status_code == 404
    assert other.get("/m/till/", {"org": "S1"}).status_code == 403
    assert sent(other, wish(cashier)).status_code == 403


def test_a_change_is_posted(cashier: Client) -> None:
    for address in ("/m/till/sell/", "/m/till/member/new/", "/m/till/closing/close/"):
        assert cashier.get(address).status_code == 405
