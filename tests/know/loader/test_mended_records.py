"""What came at the door and was refused is shown, mended and sent in again."""

import json
from typing import Any

import pytest
from tests.know.identities.small_chain import bring, line
from tests.know.loader.test_event_passes import NOW, call, click, events, segment, sensors

from regulars.ground.kit.crypto import seal
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject, Source
from regulars.know.collect.service import get_shown_record, make_source, replay_reject
from regulars.know.loader.service import load_waiting


@pytest.fixture(autouse=True)
def _warehouse(warehouse: Engine) -> None:
    """Every test has a warehouse of its own."""


def webhook(kind: str, *records: Any) -> Batch:
    raw = seal(json.dumps({"records": list(records)}).encode())
    return Batch.objects.create(kind="webhook", source="till", raw=raw, layout={"kind": kind})


def test_a_pushed_order_goes_in_once_it_is_mended_whatever_its_source_pushes_by_then() -> None:
    bring()
    source, _key = make_source(None, "till", Source.Kind.WEBHOOK, {"kind": "lines"})
    webhook("lines", line("W1", "2020-03-01", "S9", "M1", 4_200))
    load_waiting()
    source.settings = {"kind": "members"}
    source.save()
    refused = Reject.objects.get()
    shown = get_shown_record(refused)
    assert (shown["order_id"], shown["store_id"]) == ("W1", "S9")
    replay_reject(refused, shown | {"store_id": "S1"})
    load_waiting()
    (found,) = query("SELECT net_cents FROM tickets WHERE order_no = 'W1'").to_pylist()
    assert found == {"net_cents": 4_200}
    assert not Reject.objects.filter(state="open").exists()


def test_a_refused_call_goes_in_as_what_it_should_have_been() -> None:
    segment(call(1, type="dance", properties={"price": 5}))
    load_waiting()
    refused = Reject.objects.get()
    shown = get_shown_record(refused)
    assert shown["properties"] == '{"price":5}'
    replay_reject(refused, shown | {"type": "track", "event": "Danced"})
    load_waiting()
    (event,) = events("name, occurred_at, properties::VARCHAR AS told")
    assert (event["name"], event["told"]) == ("Danced", '{"price":5}')
    assert event["occurred_at"] == NOW


def test_a_refused_record_of_the_sensors_protocol_goes_in_too() -> None:
    sensors(click(time=99), click(event="no spaces"))
    load_waiting()
    late, misnamed = Reject.objects.order_by("line_no")
    shown = get_shown_record(late)
    assert (shown["timestamp"], shown["anonymousId"]) == ("99", "d1")
    replay_reject(late, shown | {"timestamp": call(1)["timestamp"]})
    replay_reject(misnamed, get_shown_record(misnamed) | {"event": "no_spaces"})
    load_waiting()
    found = events("name, source, anonymous_id")
    assert found == [
        {"name": "$WebClick", "source": "mini", "anonymous_id": "d1"},
        {"name": "no_spaces", "source": "mini", "anonymous_id": "d1"},
    ]


def test_a_part_that_is_not_json_is_said_and_the_record_stays() -> None:
    segment(call(1, type="dance"))
    load_waiting()
    refused = Reject.objects.get()
    with pytest.raises(UserError) as error:
        replay_reject(refused, get_shown_record(refused) | {"properties": "{"})
    assert error.value.field == "properties"
    assert Reject.objects.get().state == "open"


def test_a_body_that_nothing_can_be_read_from_is_not_sent_again() -> None:
    Batch.objects.create(kind="sensors", source="mini", raw=seal(b"{}"), layout={})
    load_waiting()
    refused = Reject.objects.get()
    assert get_shown_record(refused) == {}
    with pytest.raises(UserError):
        replay_reject(refused, {})
    assert Reject.objects.get().state == "open"
