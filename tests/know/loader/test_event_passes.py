"""Events from body to warehouse: decoded, told apart, refused one by one, each exactly once."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.know.identities.small_chain import bring, member

from regulars.ground.kit.crypto import seal
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import WarehouseError, query
from regulars.know.collect.models import Batch, Reject
from regulars.know.loader import drain, passes
from regulars.know.loader.attempts import MOST_ATTEMPTS
from regulars.know.loader.service import load_waiting

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def _warehouse(warehouse: Engine) -> None:
    """Every test has a warehouse of its own."""


def call(number: int, **told: Any) -> dict[str, Any]:
    return {
        "type": "track", "event": "Product Viewed", "anonymousId": "a1", "messageId": f"m{number}",
        "timestamp": NOW.isoformat(), "properties": {"product_id": "P1"},
    } | told  # fmt: skip


def segment(*calls: Any, what: str = "batch", source: str = "shop", **outer: Any) -> Batch:
    body = {"batch": list(calls), **outer} if what == "batch" else calls[0]
    raw = seal(json.dumps(body).encode())
    return Batch.objects.create(kind="segment", source=source, raw=raw, layout={"type": what})


def sensors(*records: Any) -> Batch:
    form = {"data_list": b64encode(json.dumps(list(records)).encode()).decode()}
    return Batch.objects.create(
        kind="sensors", source="mini", raw=seal(json.dumps(form).encode()), layout={}
    )


def click(**told: Any) -> dict[str, Any]:
    return {
        "type": "track", "event": "$WebClick", "time": int(NOW.timestamp() * 1000),
        "distinct_id": "d1", "properties": {
            "$url": "https://shop.example/p/1?x=2", "$element_selector": "div > a",
            "$element_content": "买", "$element_position": "2", "$share_distinct_id": "d0",
            "$share_depth": 3, "store": "S1", "consultant": "E1",
        },
    } | told  # fmt: skip


def events(columns: str = "*") -> list[dict[str, Any]]:
    rows = query(f"SELECT {columns} FROM events ORDER BY ALL").to_pylist()
    return list(rows)


def test_a_call_of_each_type_is_an_event_with_its_name() -> None:
    told = [
        call(1), call(2, type="page", name="Home"), call(3, type="page"), call(4, type="screen"),
        call(5, type="identify", userId="M1"), call(6, type="group", groupId="g"),
        call(7, type="alias", previousId="a0", userId="M1"),
    ]  # fmt: skip
    segment(*told)
    load_waiting()
    assert [(row["type"], row["name"]) for row in events("type, name")] == [
        ("alias", "alias"), ("group", "group"), ("identify", "identify"), ("page", "$pageview"),
        ("page", "Home"), ("screen", "screen"), ("track", "Product Viewed"),
    ]  # fmt: skip


def test_a_sender_s_wrong_clock_is_set_right() -> None:
    late = NOW - timedelta(days=3)
    segment(
        call(1, timestamp=late.isoformat()),
        call(2, originalTimestamp=late.isoformat()),
        sentAt=(late + timedelta(seconds=10)).isoformat(),
    )
    load_waiting()
    ago = [row["received_at"] - row["occurred_at"] for row in events("received_at, occurred_at")]
    assert ago == [timedelta(seconds=10)] * 2


def test_a_click_fills_the_columns_that_rules_look_at() -> None:
    sensors(click())
    load_waiting()
    (found,) = events()
    wanted = {
        "type": "track", "name": "$WebClick", "anonymous_id": "d1", "url_host": "shop.example",
        "url_path": "/p/1", "selector": "div > a", "content": "买", "position": 2,
        "share_from": "d0", "share_depth": 3, "store_code": "S1", "staff_code": "E1",
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    assert found["occurred_at"] == NOW


def test_what_is_sent_twice_is_there_once() -> None:
    segment(call(1), call(1), call(2))
    load_waiting()
    segment(call(2), call(3))
    segment(call(1), source="another shop")
    sensors(click(), click())
    sensors(click(), click(_track_id=5))
    load_waiting()
    assert len(events()) == 3 + 1 + 2
    assert not Reject.objects.exists()
    assert {b.state for b in Batch.objects.all()} == {"loaded"}


def test_each_bad_call_stands_in_quarantine_with_its_reason_and_the_rest_goes_in() -> None:
    segment(
        call(1), 5, call(2, type="dance"), call(3, anonymousId=None), call(4, event=""),
        call(5, timestamp="soon"), call(6, timestamp="9999-12-31T00:00:00Z"), "text", None,
    )  # fmt: skip
    sensors(click(time=99), click(event="no spaces"), click(type="nap"), 7, click(_track_id=1))
    load_waiting()
    assert len(events()) == 2
    found = Reject.objects.order_by("batch_id", "line_no").values_list(
        "line_no", "column", "reason"
    )
    assert list(found) == [
        (2, "type", "missing"), (3, "type", "not_a_choice"), (4, "userId", "missing"),
        (5, "event", "missing"), (6, "timestamp", "not_a_moment"), (7, "time", "out_of_range"),
        (8, "type", "missing"), (9, "type", "missing"),
        (1, "time", "not_a_moment"), (2, "event", "not_a_choice"), (3, "type", "not_a_choice"),
        (4, "type", "missing"),
    ]  # fmt: skip


def test_a_body_that_nothing_can_be_read_from_is_one_reject() -> None:
    for raw in (b"\xff\xfe", b'{"data": "%%%"}', b'{"data": "e30="}', b"{}"):
        Batch.objects.create(kind="sensors", source="mini", raw=seal(raw), layout={})
    load_waiting()
    assert {b.state for b in Batch.objects.all()} == {"loaded"}
    assert set(Reject.objects.values_list("reason", flat=True)) == {"broken_body", "missing"}
    assert not events()


def test_phones_and_addresses_stay_out_of_the_warehouse() -> None:
    contacts = {"phone": "13812345678", "email": "a@b.example", "level": "gold"}
    segment(
        call(1, type="identify", userId="M1", traits=contacts),
        call(2, context={"traits": contacts, "ip": "127.0.0.1"}),
        call(3, anonymousId="", properties=contacts),
        call(4, properties={"order": {"buyer": contacts, "said": 'a "phone"'}}),
        call(5, context={"device": {"$phone": 13812345678}, "to": [{"email": ["a@b.example"]}]}),
    )
    sensors(
        click(identities={"$identity_mobile": "13812345678"}, properties={"mobile": "13812345678"})
    )
    load_waiting()
    everything = json.dumps([*events(), *Reject.objects.values()], default=str, ensure_ascii=False)
    assert "13812345678" not in everything
    assert "a@b.example" not in everything
    assert "gold" in everything
    nested = next(event for event in events() if "order" in (event["properties"] or ""))
    assert json.loads(nested["properties"])["order"] == {
        "buyer": {"phone": None, "email": None, "level": "gold"}, "said": 'a "phone"'
    }  # fmt: skip


def test_what_was_done_before_signing_in_is_the_member_s() -> None:
    bring()
    segment(call(1), call(2, anonymousId="someone else"))
    load_waiting()
    segment(call(3, type="identify", userId="M2"))
    load_waiting()
    whose = query("SELECT anonymous_id, member_id FROM events LEFT JOIN persons USING (person_id)")
    assert sorted(whose.to_pylist(), key=str) == [
        {"anonymous_id": "a1", "member_id": member("M2").pk},
        {"anonymous_id": "a1", "member_id": member("M2").pk},
        {"anonymous_id": "someone else", "member_id": None},
    ]


def test_a_pass_that_fails_is_tried_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, late = segment(call(1)), segment(call(2)), segment(call(3))
    whole = passes._bodies

    def bodies(batches: Any) -> Any:
        if bad.pk in [batch.pk for batch in batches]:
            raise WarehouseError("a poisoned batch")
        return whole(batches)

    monkeypatch.setattr(passes, "_bodies", bodies)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(WarehouseError):
            load_waiting()
    load_waiting()
    states = {batch.pk: batch.state for batch in Batch.objects.all()}
    assert states == {good.pk: "loaded", bad.pk: "failed", late.pk: "loaded"}
    assert len(events()) == 2


def test_a_loader_killed_before_the_inbox_was_marked_brings_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    segment(call(1), call(2, type="dance"))
    with monkeypatch.context() as killed:
        killed.setattr(drain, "_mark_loaded", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load_waiting()
    assert Batch.objects.get().state == "waiting"
    drain.drain()
    load_waiting()
    assert Batch.objects.get().state == "loaded"
    assert (len(events()), Reject.objects.count()) == (1, 1)
