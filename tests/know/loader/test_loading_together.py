"""Orders that tills send one at a time go in many at once, and stay each its own batch."""

from typing import Any

import pytest
from tests.know.identities.small_chain import bring
from tests.web.conftest import line

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import WarehouseError, query
from regulars.know.collect.models import Batch, Reject
from regulars.know.collect.service import receive
from regulars.know.loader import service
from regulars.know.loader.attempts import MOST_ATTEMPTS
from regulars.know.loader.service import load_waiting
from regulars.know.loader.staging import Staging

SENDERS = ("north", "south")
SOLD = """
    SELECT order_no, version, net_cents FROM tickets WHERE order_no LIKE 'T%'
    ORDER BY order_no, net_cents
"""


@pytest.fixture(autouse=True)
def _chain(warehouse: Engine) -> None:
    bring()


def till(order: str, cents: int = 100, *, source: str = "north", **more: Any) -> Batch:
    record = line(order, "2020-03-01", "S1", "M1", cents) | more
    return receive("lines", source=source, body={"records": [record]})


def sold() -> list[tuple[str, int, int]]:
    return [tuple(row.values()) for row in query(SOLD).to_pylist()]


def passes() -> int:
    """How many transactions took in what the tills sent."""
    loaded = Batch.objects.filter(state="loaded", source__in=SENDERS)
    return len(set(loaded.values_list("loaded_at", flat=True)))


def test_orders_of_many_requests_go_in_as_one() -> None:
    batches = [till(f"T{number:02d}", number) for number in range(30)]
    load_waiting()
    assert sold() == [(f"T{number:02d}", 0, number) for number in range(30)]
    assert passes() == 1
    states = Batch.objects.filter(pk__in=[batch.pk for batch in batches])
    assert set(states.values_list("state", "row_count", "reject_count")) == {("loaded", 1, 0)}


def test_an_order_that_comes_again_goes_in_after_the_first() -> None:
    till("T1", 100)
    till("T2", 50)
    till(" T1", 100)
    till("T1", 70, version=2)
    till("T1", 80, version=1)
    till("T3", 10)
    load_waiting()
    assert sold() == [("T1", 2, 70), ("T2", 0, 50), ("T3", 0, 10)]
    assert passes() == 4


def test_two_senders_do_not_go_together() -> None:
    till("T1", 100, source="north")
    till("T1", 200, source="south")
    load_waiting()
    assert sold() == [("T1", 0, 100), ("T1", 0, 200)]
    assert passes() == 2


def test_a_reject_stands_with_the_request_that_brought_it() -> None:
    till("T1")
    wrong = till("T2", store_id="nowhere")
    till("T3")
    load_waiting()
    assert [row[0] for row in sold()] == ["T1", "T3"]
    assert passes() == 1
    reject = Reject.objects.get()
    assert (reject.batch_id, reject.line_no, reject.reason) == (wrong.pk, 1, "unknown_store")
    wrong.refresh_from_db()
    assert (wrong.row_count, wrong.reject_count) == (1, 1)


def test_one_that_fails_does_not_hold_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, late = till("T1"), till("T2"), till("T3")

    def staging(*batches: Batch) -> Staging:
        if bad.pk in [batch.pk for batch in batches]:
            raise WarehouseError("a poisoned batch")
        return Staging(*batches)

    monkeypatch.setattr(service, "Staging", staging)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(WarehouseError):
            load_waiting()
    load_waiting()
    states = {pk: Batch.objects.get(pk=pk).state for pk in (good.pk, bad.pk, late.pk)}
    assert states == {good.pk: "loaded", bad.pk: "failed", late.pk: "loaded"}
    assert [row[0] for row in sold()] == ["T1", "T3"]
