"""What the Segment entrance stores, and what it refuses."""

import gzip
import json

import pytest
from tests.know.collect.door.conftest import Knock, stored

from regulars.know.collect.bodies import body_of
from regulars.know.collect.models import Source, SourceMinute
from regulars.know.collect.service import make_source, rotate_key, set_active

EVENT = {"type": "track", "event": "Seen", "anonymousId": "a1", "messageId": "m1"}
BATCH = json.dumps({"batch": [EVENT, EVENT | {"messageId": "m2"}]}).encode()


def test_a_batch_is_stored_before_it_is_answered(knock: Knock, segment: dict[str, str]) -> None:
    status, body, headers = knock("POST", "/v1/batch", BATCH, segment)
    assert (status, json.loads(body)) == (200, {"success": True})
    assert headers["access-control-allow-origin"] == "*"
    (batch,) = stored()
    assert (batch.kind, batch.source, batch.state) == ("segment", "web-shop", "waiting")
    assert json.loads(body_of(batch).text) == json.loads(BATCH)
    assert b"Seen" not in bytes(batch.raw), "bodies are sealed"
    minute = SourceMinute.objects.get()
    assert (minute.requests, minute.events, minute.bytes) == (1, 2, len(BATCH))


def test_a_single_call_has_the_type_of_its_address(knock: Knock, segment: dict[str, str]) -> None:
    told = json.dumps({"userId": "M1", "traits": {}}).encode()
    assert knock("POST", "/v1/identify", told, segment)[0] == 200
    body = body_of(stored()[0])
    assert (body.what, json.loads(body.text)) == ("identify", {"batch": [json.loads(told)]})


@pytest.mark.parametrize("how", ["basic", "bearer", "body"])
def test_the_key_may_stand_in_three_places(knock: Knock, segment: dict[str, str], how: str) -> None:
    _, key = make_source(None, "another", Source.Kind.SEGMENT)
    headers = {"bearer": {"Authorization": f"Bearer {key}"}, "basic": segment, "body": {}}[how]
    told = EVENT | ({"writeKey": key} if how == "body" else {})
    assert knock("POST", "/v1/track", json.dumps(told).encode(), headers)[0] == 200
    assert stored()[0].source == ("web-shop" if how == "basic" else "another")


def test_gzip_is_unpacked(knock: Knock, segment: dict[str, str]) -> None:
    packed = {**segment, "Content-Encoding": "gzip"}
    assert knock("POST", "/v1/batch", gzip.compress(BATCH), packed)[0] == 200
    assert json.loads(body_of(stored()[0]).text) == json.loads(BATCH)


BROKEN: list[tuple[str, bytes, int]] = [
    ("broken JSON", BATCH[:-1], 400),
    ("not an object", b"[1]", 400),
    ("a batch that is no list", b'{"batch": 1}', 400),
    ("not a number", b'{"batch": [NaN]}', 400),
    ("not UTF-8", b'{"batch": ["\xff"]}', 400),
    ("too deep", b'{"batch": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    ("too many events", json.dumps({"batch": [{}] * 2501}).encode(), 400),
    ("too large an event", json.dumps({"batch": [{"a": "x" * 33_000}]}).encode(), 400),
    ("too large a batch", json.dumps({"batch": [{"a": "x" * 10_000}] * 60}).encode(), 400),
    ("far too large", b" " * 2_000_000, 413),
    ("broken gzip", gzip.compress(BATCH)[:-9], 400),
    ("a bomb", gzip.compress(b" " * 20_000_000), 400),
]


@pytest.mark.parametrize(("what", "body", "status"), BROKEN, ids=[each[0] for each in BROKEN])
def test_what_is_broken_is_refused_and_not_stored(
    knock: Knock, segment: dict[str, str], what: str, body: bytes, status: int
) -> None:
    found, told, _ = knock("POST", "/v1/batch", body, segment)
    assert found == status
    assert json.loads(told)["error"]
    assert not stored()


def test_an_unknown_a_rotated_and_a_closed_key_open_nothing(
    knock: Knock, segment: dict[str, str]
) -> None:
    source = Source.objects.get()
    assert knock("POST", "/v1/batch", BATCH, {"Authorization": "Bearer no"})[0] == 401
    assert knock("POST", "/v1/batch", BATCH, {"Authorization": "Basic ???"})[0] == 401
    assert knock("POST", "/v1/batch", BATCH)[0] == 401
    key = rotate_key(None, source)
    assert knock("POST", "/v1/batch", BATCH, segment)[0] == 401
    set_active(None, source, is_active=False)
    assert knock("POST", "/v1/batch", BATCH, {"Authorization": f"Bearer {key}"})[0] == 401
    assert not stored()


def test_other_calls_and_methods_are_refused(knock: Knock, segment: dict[str, str]) -> None:
    assert knock("POST", "/v1/nonsense", BATCH, segment)[0] == 404
    assert knock("GET", "/v1/batch", b"", segment)[0] == 405
    assert knock("OPTIONS", "/v1/batch")[0] == 204


def test_a_full_disk_and_a_long_backlog_are_said_before_anything_is_lost(
    knock: Knock, segment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.know.collect.door import pressure

    monkeypatch.setenv("REGULARS_LEAST_FREE_BYTES", str(2**60))
    status, _, headers = knock("POST", "/v1/batch", BATCH, segment)
    assert (status, headers["retry-after"]) == (503, "30")
    monkeypatch.undo()
    assert knock("POST", "/v1/batch", BATCH, segment)[0] == 200
    monkeypatch.setattr(pressure, "MOST_WAITING", 1)
    status, _, headers = knock("POST", "/v1/batch", BATCH, segment)
    assert (status, headers["retry-after"]) == (429, "5")
    assert len(stored()) == 1
