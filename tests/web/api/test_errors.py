"""Whatever goes wrong is told in one shape, and leaves nothing half done."""

from typing import NoReturn

import pytest
from django.test import Client

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
