"""The customer's one tap: for whoever holds the signed address, once a tap, heard by plays."""

import re
from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest
from django.test import Client
from tests.web.phone.conftest import MakeLead

from regulars.act.tasks.models import Lead
from regulars.ground.jobs.models import Event
from regulars.ground.org.models import Staff
from regulars.know.collect.models import Batch
from regulars.know.collect.packing import unpacked
from regulars.web.phone import rating


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def address(consultant: Client, make_lead: MakeLead, lan: Staff) -> Iterator[str]:
    lead = make_lead("M1", staff=lan)
    page = text(consultant.get(f"/m/leads/{lead.pk}/"))
    (found,) = set(re.findall(r"http://testserver(/r/[^\s&\"<]+)", page))
    yield found


def test_a_bad_rating_is_told_once_and_heard_as_an_event_of_hers(address: str) -> None:
    customer = Client(headers={"accept-language": "en"})
    assert "How was our service?" in text(customer.get(address))
    for _ in "ab":
        assert customer.post(address, {"rating": 1}).status_code == 302
    assert "We are sorry." in text(customer.get(address))
    assert Lead.objects.get().rating == 1
    (told,) = Event.objects.filter(topic="lead.rated")
    assert told.payload["rating"] == 1
    batch = Batch.objects.filter(source="rating").get()
    (event,) = orjson.loads(unpacked(bytes(batch.raw)))["batch"]
    assert (event["event"], event["userId"]) == ("Service Rated", "M1")
    assert event["properties"] | {"lead_id": 0} == {
        "rating": 1, "is_bad": True, "lead_id": 0, "store_id": "S1",
    }  # fmt: skip


def test_her_last_tap_stands(address: str) -> None:
    customer = Client(headers={"accept-language": "en"})
    for stars in (2, 5):
        customer.post(address, {"rating": stars})
    assert Lead.objects.get().rating == 5
    assert "Thank you." in text(customer.get(address))


def test_what_nobody_signed_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = Client(headers={"accept-language": "en"})
    assert customer.get(address.replace("~", "~x", 1)).status_code == 404
    assert customer.get("/r/nonsense/").status_code == 404
    assert customer.post(address, {"rating": 9}).status_code == 400
    assert customer.post(address, {}).status_code == 400
    monkeypatch.setattr(rating, "VALID", timedelta(seconds=-1))
    assert customer.get(address).status_code == 404
    assert Lead.objects.get().rating is None
