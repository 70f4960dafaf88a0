"""Whatever goes wrong is told in one shape, and leaves nothing half done."""

from typing import NoReturn

import pytest
from django.test import Client

from regulars.ground.warehouse import service as warehouse
from regulars.ground.warehouse.service import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.know.collect import service as collect
from regulars.know.members.models import Member


@pytest.fixture
def broken_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def receive(*_: object, **__: object) -> NoReturn:
        raise RuntimeError("the inbox is gone")

    monkeypatch.setattr(collect, "receive", receive)


@pytest.mark.usefixtures("broken_inbox")
def test_a_fault_after_something_was_written_takes_it_back(hq) -> None:
    answer = hq.post("members", {"member_id": "M1", "joined_on": "2020-01-02"})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "fault"
    assert "inbox" not in answer.content.decode()
    assert not Member.objects.exists()


def test_a_body_that_is_no_json_is_refused(hq) -> None:
    answer = Client().post(
        "/api/v1/members", "{", content_type="application/json", headers=hq.headers
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "wrong_input")


def test_a_method_that_an_address_does_not_know_is_refused(hq) -> None:
    assert Client().delete("/api/v1/members", headers=hq.headers).status_code == 405


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (WarehouseAway("nobody there"), 503, "warehouse_away"),
        (WarehouseTooSlow("no answer within 120 s"), 504, "too_slow"),
        (WarehouseError("no_such_column"), 500, "fault"),
    ],
)
def test_a_warehouse_that_does_not_answer_is_told_by_its_reason(
    hq, monkeypatch: pytest.MonkeyPatch, error: WarehouseError, status: int, code: str
) -> None:
    def backend() -> NoReturn:
        raise error

    monkeypatch.setattr(warehouse, "_backend", backend)
    answer = hq.get("orders", **{"from": "2020-02-01", "to": "2020-02-29"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert str(error) not in answer.content.decode()
    assert answer.headers.get("Retry-After") == ("5" if code == "warehouse_away" else None)


def test_a_record_with_a_nul_is_refused_by_its_place_and_field(hq) -> None:
    good = {"member_id": "M1", "name": "x"}
    answer = hq.post("members", good, good | {"name": "a\0b"})
    assert answer.status_code == 422
    (fault,) = answer.json()["error"]["faults"]
    assert fault == {"record": 1, "field": "name", "message": "must not hold a NUL character"}
    order = {
        "order_id": "O1", "sold_at": "2020-02-03T18:30:00+08:00", "store_id": "S1",
        "lines": [{"product_id": "P\0", "quantity": 2, "net_cents": 1}],
    }  # fmt: skip
    assert hq.post("orders", order).status_code == 422
    assert not Member.objects.exists()
