"""From a load to the numbers: what it touched is counted anew, and nothing else."""

from datetime import date, timedelta

import pytest
from django.db import connection
from tests.understand.live.conftest import NOON, TODAY, Sell, node

from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.know.collect.models import Batch
from regulars.know.collect.service import receive
from regulars.understand.live.counting import (
    EVERYTHING,
    SWEEP_SECONDS,
    Counter,
    Touched,
    count,
    touched_by,
)
from regulars.understand.live.models import CHANNEL, Number, State
from regulars.understand.metrics.service import Period, Question, get_tree

pytestmark = pytest.mark.usefixtures("open_day")
EVERY_PLACE = ("HQ", "R1", "R2", "S1", "S2")


def told() -> Touched:
    """What the last load touched, as the counting process hears it."""
    event = Event.objects.filter(topic="batch.loaded").order_by("id").last()
    assert event is not None
    return touched_by([event.pk], TODAY)


def number(code: str) -> Number:
    return Number.objects.get(node__code=code)


def sums(code: str) -> tuple[int, int, int, int]:
    found = number(code)
    return found.net_cents, found.tickets, found.buyers, found.earlier_cents


def test_every_place_has_its_own_number_after_the_first_pass() -> None:
    Counter().keep_up(Touched())
    assert {code: sums(code) for code in EVERY_PLACE} == {
        "HQ": (7_000, 1, 1, 30_505),
        "R1": (0, 0, 0, 30_505),
        "R2": (7_000, 1, 1, 0),
        "S1": (0, 0, 0, 30_505),
        "S2": (7_000, 1, 1, 0),
    }


def test_the_numbers_are_those_of_the_metric_tree(sell: Sell) -> None:
    sell("N1", "S1", "M1", 1_000)
    sell("N2", "S1", None, 300)
    sell("N3", "S2", "M1", 2_000)
    sell("N4", "S2", "M1", -500, quantity=-1, original_order_id="O1")
    count(TODAY, EVERYTHING)
    today = Period(TODAY, TODAY + timedelta(days=1))
    for found in Number.objects.select_related("node"):
        total = get_tree(Question(found.node, today)).tree.total
        assert (found.net_cents, found.tickets) == (total.net_cents, total.tickets), found.node


def test_an_order_touches_the_places_above_its_store_and_no_others(sell: Sell) -> None:
    before = count(TODAY, EVERYTHING)
    sell("N1", "S1", "M1", 1_000)
    assert told() == Touched(stores=frozenset({node("S1")}))
    after = count(TODAY, told())
    assert after == before + 1
    changed = Number.objects.filter(revision=after).values_list("node__code", flat=True)
    assert set(changed) == {"HQ", "R1", "S1"}
    assert sums("HQ") == (8_000, 2, 2, 30_505)


def test_a_member_who_buys_in_two_stores_is_one_buyer_of_the_chain(sell: Sell) -> None:
    sell("N1", "S1", "M2", 1_000)
    count(TODAY, EVERYTHING)
    assert [number(code).buyers for code in ("S1", "S2", "HQ")] == [1, 1, 1]


def test_a_later_version_in_another_store_moves_both_stores_numbers(sell: Sell) -> None:
    count(TODAY, EVERYTHING)
    sell("O3", "S1", "M2", 6_000, version=2)
    assert told().stores == {node("S1"), node("S2")}
    count(TODAY, told())
    assert [number(code).net_cents for code in ("S1", "S2", "HQ")] == [6_000, 0, 6_000]


def test_an_order_of_an_earlier_day_of_the_month_moves_the_month_alone(sell: Sell) -> None:
    count(TODAY, EVERYTHING)
    sell("N1", "S2", "M2", 900, day="2020-02-01")
    assert told() == Touched(stores=frozenset({node("S2")}), has_earlier=True)
    count(TODAY, told())
    assert sums("S2") == (7_000, 1, 1, 900)
    assert sums("S1") == (0, 0, 0, 30_505)


def test_an_order_of_another_month_touches_nothing(sell: Sell) -> None:
    sell("N1", "S2", "M2", 900, day="2020-01-31")
    assert not told()


def test_an_order_that_is_known_already_touches_nothing(sell: Sell) -> None:
    sell("O3", "S2", "M2", 7_000)
    assert not told()


def test_new_stores_touch_everything() -> None:
    store = {"store_id": "S3", "name": "New", "region_id": "R2"}
    receive("stores", source="test", body={"records": [store]})
    from regulars.know.loader.service import load_waiting

    load_waiting()
    assert told().is_all
    count(TODAY, told())
    assert sums("S3") == (0, 0, 0, 0)


def test_a_load_that_cannot_name_its_places_touches_everything() -> None:
    event = Event.objects.create(
        topic="batch.loaded", payload={"kind": "lines", "import_id": 7, "batches": []}
    )
    touched = touched_by([event.pk], TODAY)
    assert touched.is_all
    assert touched.is_history


def test_a_pass_in_which_nothing_changed_keeps_the_revision() -> None:
    before = count(TODAY, EVERYTHING)
    assert count(TODAY, EVERYTHING) == before
    assert count(TODAY, Touched()) == before


def test_a_new_day_begins_at_nought_and_its_yesterday_counts_to_the_month(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter()
    counter.keep_up(Touched())
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=1))
    counter.keep_up(Touched())
    assert sums("S2") == (0, 0, 0, 7_000)
    assert number("S2").business_on == date(2020, 2, 6)


def test_what_nobody_heard_of_is_found_by_the_sweep(
    sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter()
    counter.keep_up(Touched())
    sell("N1", "S1", "M1", 1_000)
    assert counter.keep_up(Touched()) is None
    counter.swept_at -= SWEEP_SECONDS
    counter.keep_up(Touched())
    assert number("S1").net_cents == 1_000


def test_as_of_is_no_later_than_what_still_waits_to_be_loaded() -> None:
    count(TODAY, EVERYTHING)
    assert State.objects.get().as_of == NOON
    waiting = receive("lines", source="test", body={"records": []})
    Batch.objects.filter(pk=waiting.pk).update(received_at=NOON - timedelta(seconds=7))
    count(TODAY, Touched())
    assert State.objects.get().as_of == NOON - timedelta(seconds=7)


@pytest.mark.django_db(transaction=True)
def test_a_load_and_a_count_wake_whoever_listens(sell: Sell) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
        cursor.execute("LISTEN regulars_event")
    sell("N1", "S1", "M1", 1_000)
    revision = count(TODAY, told())
    notices = list(connection.connection.notifies(timeout=0.5, stop_after=2))
    event = Event.objects.filter(topic="batch.loaded").order_by("id").last()
    assert f"batch.loaded {event.pk}" in [notice.payload for notice in notices]
    assert (CHANNEL, str(revision)) in [(notice.channel, notice.payload) for notice in notices]
