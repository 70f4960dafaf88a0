"""Plays of stores: tasks about no member, by an event, by hand, in an hour that is empty."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from tests.act.tasks.working import TODAY, node
from tests.understand.actions.small_chain import bring, line

from regulars.act.tasks import at_stores, triggering
from regulars.act.tasks.at_stores import open_by_hand, open_in_empty_hours
from regulars.act.tasks.models import Lead
from regulars.act.tasks.triggering import missed, take_in
from regulars.act.tasks.withdrawing import withdraw
from regulars.ground.jobs.service import publish
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source, receive_events
from regulars.know.loader.service import load_waiting

RAIN = {"event": "weather_rain"}


@pytest.fixture
def rainy(people, make_play):
    return make_play("rain", trigger=RAIN, role="store_manager", is_of_store=True, open_days=1)


def stores_with_a_task() -> list[str]:
    return sorted(Lead.objects.filter(state="open").values_list("store__code", flat=True))


def test_an_event_at_a_store_opens_its_task_for_the_manager_once(
    people, rainy, make_play, monkeypatch
) -> None:
    make_play("members", trigger=RAIN)
    told = [("weather_rain", node("S0").pk, {}), ("weather_rain", node("S0").pk, {"mm": 3})]
    monkeypatch.setattr(triggering, "_done_at_stores", lambda events, plays: told)
    monkeypatch.setattr(triggering, "_done", lambda batches, plays: [])
    for _ in range(2):
        take_in([publish("events.loaded", batches=[str(uuid4())]).pk])
    (task,) = Lead.objects.all()
    assert (task.member, task.play, task.store.code) == (None, rainy, "S0")
    assert (task.staff, task.is_outreach) == (people.manager.staff, False)
    assert task.due_on == TODAY + timedelta(days=1)


def test_an_event_that_was_loaded_opens_the_task_of_the_store_that_it_names(people, rainy) -> None:
    source, _key = make_source(None, "Weather", Source.Kind.SEGMENT)
    calls = [
        {"type": "track", "event": name, "messageId": f"{name}-{store}", "anonymousId": "sensor",
         "originalTimestamp": f"{TODAY}T04:00:00Z", "properties": {"store_id": store}}
        for name, store in (("weather_rain", "S1"), ("weather_sun", "S0"), ("weather_rain", "no"))
    ]  # fmt: skip
    receive_events(orjson.dumps({"batch": calls}), source=source.code)
    load_waiting()
    assert take_in(missed()) == 1
    assert stores_with_a_task() == ["S1"]
    assert missed() == []


def test_it_is_opened_by_hand_at_the_own_stores_alone(people, rainy) -> None:
    assert open_by_hand(people.manager, rainy) == 1
    assert open_by_hand(people.manager, rainy) == 0
    with pytest.raises(NotFound):
        open_by_hand(people.manager, rainy, ["S1"])
    with pytest.raises(NotAllowed):
        open_by_hand(people.ann, rainy)
    assert open_by_hand(people.head, rainy, ["S0", "S1", "S2"]) == 2
    assert stores_with_a_task() == ["S0", "S1", "S2"]


def test_it_stays_at_its_pilot_stores(people, rainy) -> None:
    rainy.pilot_stores.set([node("S1")])
    assert open_by_hand(people.manager, rainy) == 0
    assert open_by_hand(people.head, rainy) == 1


def test_a_play_of_members_is_not_opened_at_stores(people, make_play) -> None:
    with pytest.raises(UserError):
        open_by_hand(people.manager, make_play())


def test_a_task_of_a_store_is_withdrawn_with_its_play(people, rainy) -> None:
    open_by_hand(people.manager, rainy)
    type(rainy).objects.update(state="stopped")
    assert withdraw(rainy.pk) == 1


def test_an_hour_that_is_empty_by_the_stores_own_tickets_opens_its_task_once_a_day(
    people, make_play
) -> None:
    make_play("empty", trigger={"event": "store_empty_hour"}, is_of_store=True)
    sold = [
        line(f"h{week}-{hour}-{n}", TODAY - week * timedelta(days=7), 0, None)
        | {"sold_at": f"{TODAY - week * timedelta(days=7)}T{hour:02d}:{n:02d}:00+08:00"}
        for week in range(1, 8)
        for hour in (9, 10, 11, 13, 14)
        for n in range(4)
    ]
    bring("lines", *sold)
    assert open_in_empty_hours(TODAY) == 1
    (task,) = Lead.objects.all()
    assert task.store == node("S0") and "12" in task.reason and "13" in task.reason
    assert open_in_empty_hours(TODAY) == 0


def test_nothing_is_asked_of_the_warehouse_where_no_play_waits_for_an_empty_hour(
    people, rainy, monkeypatch
) -> None:
    monkeypatch.setattr(at_stores, "query", None)
    assert open_in_empty_hours(TODAY) == 0
