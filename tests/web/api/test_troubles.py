"""What keeps the system from its work is said to whoever watches, and refused politely."""

import pytest
from django.test import Client
from tests.web.api.test_health import no_database

from regulars.ground.accounts.models import User
from regulars.know.collect.models import Batch
from regulars.know.collect.service import note_end_of, note_trouble

__all__ = ["no_database"]
Role = User.Role
ORDER = {
    "order_id": "O1", "sold_at": "2020-02-03T18:30:00+08:00", "store_id": "S1",
    "lines": [{"product_id": "P1", "quantity": 2, "net_cents": 39800}],
}  # fmt: skip


def readyz():
    return Client(headers={"accept-language": "en"}).get("/readyz")


@pytest.fixture
def full_disk(hq, monkeypatch: pytest.MonkeyPatch) -> None:
    hq.post("products", {"product_id": "P1", "name": "Milk", "category": "Baby > Milk"})
    monkeypatch.setenv("REGULARS_LEAST_FREE_BYTES", str(10**18))


@pytest.mark.usefixtures("full_disk")
def test_while_the_disk_is_full_nothing_is_acknowledged_and_afterwards_all_is_well(
    hq, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Batch.objects.count()
    refused = hq.post("orders", ORDER)
    assert refused.status_code == 503
    assert refused["Retry-After"] == "30"
    assert refused.json()["error"]["code"] == "no_room"
    assert Batch.objects.count() == before
    told = readyz()
    assert told.status_code == 503
    assert "nearly full" in told.json()["parts"]["disk"]["reason"]
    assert "nearly full" in sign_in(Role.ADMINISTRATOR).get("/health/").content.decode()
    monkeypatch.delenv("REGULARS_LEAST_FREE_BYTES")
    assert hq.post("orders", ORDER).status_code == 200
    assert readyz().json()["parts"]["disk"]["ready"]


def test_stores_that_are_being_mended_are_spoken_of_until_they_agree(hq, sign_in) -> None:
    note_trouble("stores_apart")
    note_trouble("stores_apart")
    reason = readyz().json()["parts"]["stores"]["reason"]
    assert "do not hold the same batches" in reason
    page = sign_in(Role.ADMINISTRATOR).get("/health/").content.decode()
    assert page.count("do not hold the same batches") == 1
    note_end_of("stores_apart")
    assert readyz().json()["parts"]["stores"]["ready"]


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("path", ["/", "/api/v1/orders"])
def test_without_the_database_everyone_is_asked_to_come_again(path: str) -> None:
    headers = {"Authorization": "Bearer x", "Accept-Language": "en"}
    client = Client(raise_request_exception=False, headers=headers)
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "nothing that was taken in is lost" in answer.content.decode()
