"""Whatever is sent to a running system: it never breaks, its loader never sticks, and what it took
in is either loaded or stands in quarantine with a reason."""

import gzip
import json
import random
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from tests.acceptance.running import System, new_system
from tests.ground.processes.harness import eventually

from regulars.web.api.api import api

EXAMPLES = 15
SEED = 20_261_122
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
answering = schema.exclude(path="/api/v1/stream")  # which goes on, and has tests of its own


@dataclass
class Running:
    system: System

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.system.port}"

    def send(self, path: str, body: Any, **headers: str) -> int:
        told = {"Authorization": f"Bearer {self.system.keys.write_key}", **headers}
        return self.system.send("POST", path, body, told)[0]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with new_system() as system:
        system.start()
        yield Running(system)
        system.stop()


@answering.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_the_api_answers_whatever_it_is_asked_as_it_says_it_does(
    case: schemathesis.Case, running: Running
) -> None:
    headers = {"Authorization": f"Bearer {running.system.keys.token}"}
    response = case.call(base_url=running.url, headers=headers, timeout=30)
    case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])


def call(**told: Any) -> dict[str, Any]:
    return {"type": "track", "event": "x", "userId": "M1", "messageId": "1"} | told


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


ODD_CALLS: dict[str, bytes] = {
    "in the year 9999": json.dumps(call(timestamp="9999-12-31T23:59:59Z")).encode(),
    "before all time": json.dumps(call(timestamp="-290000-01-01T00:00:00Z")).encode(),
    "at no time": json.dumps(call(timestamp={"a": 1}, sentAt=[1])).encode(),
    "of wrong types": json.dumps(call(userId=[1], event={}, properties="x", context=5)).encode(),
    "with duplicate keys": b'{"type":"track","type":"dance","event":"x","event":"y","userId":"M1"}',
    "with endless numbers": b'{"type":"track","event":"x","userId":1e999,"properties":[-1e400]}',
    "with NUL": json.dumps(call(event="a\0b", userId="\0", properties={"\0": "\0"})).encode(),
    "with lone surrogates": b'{"type":"track","event":"\\ud800","userId":"M1"}',
    "deep": json.dumps(call(properties=nested(90))).encode(),
    "with long names": json.dumps(call(event="e" * 20_000, userId="u" * 3_000)).encode(),
    "with quotes": json.dumps(call(event="';--\"\\", properties={"$.\"'": "$1"})).encode(),
    "empty": b"{}",
}
ODD_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{",
    "NaN": b'{"batch":[NaN]}',
    "another encoding": "{“batch”: []}".encode("utf-16"),
    "latin-1": '{"batch":[{"event":"é"}]}'.encode("latin-1"),
    "endlessly deep": b'{"batch":' * 50_000,
    "ten megabytes": b'{"batch":["' + b"x" * 10_000_000 + b'"]}',
    "a bomb": gzip.compress(b" " * 50_000_000),
    "a broken gzip": gzip.compress(b'{"batch":[]}')[:-6] + b"xxxxxx",
    "a gzip in a gzip": gzip.compress(gzip.compress(b'{"batch":[]}')),
}


@pytest.mark.parametrize("what", ODD_CALLS)
def test_an_odd_event_is_loaded_or_stands_in_quarantine(running: Running, what: str) -> None:
    status = running.send("/v1/track", ODD_CALLS[what])
    assert status in {200, 400}, status
    batch = b'{"batch":[%b]}' % ODD_CALLS[what]
    assert running.send("/v1/batch", batch) == status
    form = b"data_list=" + b64encode(b"[%b]" % ODD_CALLS[what]).replace(b"+", b"%2B")
    assert running.send("/sa?project=none", form, **FORM) == 401
    everything_is_loaded(running)


@pytest.mark.parametrize("what", ODD_BODIES)
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track", "/v1/nonsense", "/hooks/none"])
def test_what_is_no_request_is_refused(running: Running, path: str, what: str) -> None:
    status = running.send(path, ODD_BODIES[what])
    assert 400 <= status < 500, status


def test_random_bytes_do_no_harm(running: Running) -> None:
    chance = random.Random(SEED)
    whole = json.dumps({"batch": [call(messageId=str(n)) for n in range(5)]}).encode()
    for _ in range(200):
        broken = bytearray(whole)
        for _hit in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        body = bytes(broken) if chance.random() < 0.7 else zlib.compress(bytes(broken))
        how = {"Content-Encoding": "gzip"} if body[:1] == b"\x78" else {}
        assert running.send("/v1/batch", body, **how) in {200, 400}
    everything_is_loaded(running)


def test_after_all_that_an_order_and_an_event_go_in_as_ever(running: Running) -> None:
    order = {
        "order_id": "LAST", "sold_at": "2024-05-01T10:00:00+08:00", "store_id": "S1",
        "lines": [{"product_id": "P1", "quantity": 1, "net_cents": 100}],
    }  # fmt: skip
    told = {"Authorization": f"Bearer {running.system.keys.token}"}
    status, answer = running.system.post("POST", "/api/v1/orders", {"records": [order]}, told)
    assert (status, answer["results"][0]["outcome"]) == (200, "accepted"), answer
    assert running.send("/v1/track", json.dumps(call(messageId="last")).encode()) == 200
    everything_is_loaded(running)
    shown = running.system.processes
    assert all(process["restarts"] == 0 for process in shown.values()), shown


def everything_is_loaded(running: Running) -> None:
    """Nothing waits, nothing stands aside; every reject has its reason."""

    def left() -> list[Any]:
        with psycopg.connect(running.system.environment["DATABASE_URL"]) as postgres:
            return postgres.execute(
                "SELECT state, error FROM collect_batch WHERE state <> 'loaded'"
            ).fetchall()

    eventually(lambda: not left())
    with psycopg.connect(running.system.environment["DATABASE_URL"]) as postgres:
        unexplained = "SELECT count(*) FROM collect_reject WHERE reason = '' OR step = ''"
        assert postgres.execute(unexplained).fetchone() == (0,)
