"""Collecting: how many events are taken in durably, how soon they can be asked about.

A whole system with its loader on, the sender on the same machine. Beside it, in the same run: the
same batches put into Postgres row by row as JSONB, and by plain COPY, which checks nothing.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench import chains
from bench.harness import Result
from bench.senders import Body, Sent, post

FOLDER = chains.FOLDER / "collect"
START_SECONDS = 120
QUERYABLE_SECONDS = 60
EVENTS_A_BATCH = 100
PLACEHOLDER = b"0123456789ab-"
VISITORS = 50_000
LATENCY_RATE = 5_000
SAMPLE_EVERY = 50


def main(scale: float) -> None:
    with _system() as (port, database):
        key = _source()
        seconds = max(5.0, 20.0 * scale)
        _batches(port, key, seconds, database)
        _singles(port, key, seconds)
        _latency(port, key, seconds)


def _batches(port: int, key: str, seconds: float, database: str) -> None:
    before = _count()
    sent = _post(port, "/v1/batch", key, _batch, connections=8, seconds=seconds)
    events = sent.accepted * EVENTS_A_BATCH
    waited = _until_queryable(before + events)
    Result(
        name="collect_batch",
        claim="Events accepted durably in a second, in batches of 100, the loader on",
        value=events / sent.seconds if waited <= QUERYABLE_SECONDS else 0.0,
        unit="events/s",
        bar=100_000,
        at_most=False,
        alternatives=_alternatives(database),
        sizes={"events": events, "bytes an event": len(_batch(0)) // EVENTS_A_BATCH},
        notes=f"answers {sent.answers}; all queryable {waited:.1f} s after the end (bar 60); "
        f"loaded at {events / (sent.seconds + waited):,.0f} events/s (bar 50,000)",
    ).save()


def _singles(port: int, key: str, seconds: float) -> None:
    before = _count()
    sent = _post(port, "/v1/track", key, _single, connections=64, seconds=seconds)
    waited = _until_queryable(before + sent.accepted)
    Result(
        name="collect_single",
        claim="Single events accepted durably in a second, the loader on",
        value=sent.accepted / sent.seconds,
        unit="requests/s",
        bar=4_000,
        at_most=False,
        alternatives={"one commit a request (psycopg, one connection)": _commits(2_000)},
        sizes={"requests": sent.accepted},
        notes=f"answers {sent.answers}; median {statistics.median(sent.latencies) * 1000:.1f} ms; "
        f"all queryable {waited:.1f} s after the end",
    ).save()


def _latency(port: int, key: str, seconds: float) -> None:
    """At 5,000 events a second in requests of ten: from receipt until a query finds them."""
    found: list[float] = []
    rate = LATENCY_RATE / 10
    marks: dict[str, float] = {}

    def body(number: int) -> bytes:
        content, mark = _ten(number)
        if number % SAMPLE_EVERY == 0:
            marks[mark] = time.perf_counter()
        return content

    async def run() -> Sent:
        sending = asyncio.create_task(
            post(port, "/v1/batch", key, body, connections=16, seconds=seconds, rate=rate)
        )
        while not sending.done() or marks:
            await asyncio.sleep(0.02)
            seen = await asyncio.to_thread(_seen, list(marks))
            now = time.perf_counter()
            found.extend(now - marks.pop(mark) for mark in seen)
            if sending.done() and marks and now - max(marks.values()) > QUERYABLE_SECONDS:
                raise SystemExit("some events never became queryable")
        return await sending

    sent = asyncio.run(run())
    cut = statistics.quantiles(found, n=100)
    Result(
        name="collect_latency",
        claim="From sending to queryable, p99, at 5,000 events a second",
        value=cut[98],
        unit="s",
        bar=1.0,
        alternatives={"the field's proud figure": 23.0},
        sizes={"events": sent.accepted * 10, "sampled": len(found)},
        notes=f"median {statistics.median(found):.2f} s; answers {sent.answers}",
    ).save()


def _post(port: int, path: str, key: str, body: Body, **how: Any) -> Sent:
    return asyncio.run(post(port, path, key, body, **how))


def _event(number: int) -> dict[str, Any]:
    visitor = number % VISITORS
    page = {
        "path": f"/p/{number % 997}",
        "url": f"https://shop.example/p/{number % 997}",
        "title": "奶粉",
    }
    return {
        "type": "track",
        "event": ("Product Viewed", "Product Added", "$WebClick")[number % 3],
        "userId": f"M{visitor:07d}" if visitor % 3 == 0 else None,
        "anonymousId": f"a{visitor:07d}",
        "messageId": PLACEHOLDER.decode() + str(number),
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": {
            "product_id": f"P{number % 1332:05d}", "price": 128.5, "mark": PLACEHOLDER.decode(),
            "$element_selector": "div.list > a:nth-of-type(3)", "$element_position": 3,
        },
        "context": {"library": {"name": "tracker", "version": "1"}, "page": page},
    }  # fmt: skip


def _template(count: int, start: int) -> bytes:
    return json.dumps({"batch": [_event(start + place) for place in range(count)]}).encode()


TEMPLATES = [_template(EVENTS_A_BATCH, start * 7_919) for start in range(64)]
TENS = [_template(10, start * 7_919) for start in range(64)]
SINGLES = [json.dumps(_event(start * 7_919)).encode() for start in range(1024)]


def _unique() -> bytes:
    return uuid.uuid4().hex[: len(PLACEHOLDER) - 1].encode() + b"-"


def _batch(number: int) -> bytes:
    return TEMPLATES[number % len(TEMPLATES)].replace(PLACEHOLDER, _unique())


def _single(number: int) -> bytes:
    return SINGLES[number % len(SINGLES)].replace(PLACEHOLDER, _unique())


def _ten(number: int) -> tuple[bytes, str]:
    mark = _unique()
    return TENS[number % len(TENS)].replace(PLACEHOLDER, mark), mark.decode()


def _alternatives(database: str) -> dict[str, float | str]:
    bodies = [_batch(number).decode() for number in range(300)]
    events = [json.dumps(event) for body in bodies for event in json.loads(body)["batch"]]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE rows_of_jsonb (event jsonb)")
        began = time.perf_counter()
        for event in events[:5_000]:
            connection.execute("INSERT INTO rows_of_jsonb VALUES (%s)", [event])
        by_row = 5_000 / (time.perf_counter() - began)
        began = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy("COPY rows_of_jsonb FROM STDIN") as copy:
            for event in events:
                copy.write_row((event,))
        by_copy = len(events) / (time.perf_counter() - began)
    return {"Postgres JSONB, row by row": by_row, "Postgres JSONB, plain COPY": by_copy}


def _commits(count: int) -> float:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_commits (body bytea)")
        began = time.perf_counter()
        for number in range(count):
            connection.execute("INSERT INTO bench_commits VALUES (%b)", [_single(number)])
        took = time.perf_counter() - began
        connection.execute("DROP TABLE bench_commits")
    return count / took


def _source() -> str:
    import django

    django.setup()
    from regulars.know.collect.service import make_source

    return make_source(None, f"bench {uuid.uuid4().hex[:6]}", "segment")[1]


def _count() -> int:
    from regulars.ground.warehouse.service import query

    return int(query("SELECT count(*) AS n FROM events")["n"][0].as_py())


def _seen(marks: list[str]) -> list[str]:
    """Which of these marks stand in an event's key? The first event of a body carries its mark."""
    from regulars.ground.warehouse.service import query

    sql = """
        SELECT mark FROM (SELECT unnest($marks::VARCHAR[]) AS mark)
        WHERE mark IN (
            SELECT properties->>'$.mark' FROM events WHERE received_at > now() - INTERVAL 90 SECOND
        )
    """
    return list(query(sql, {"marks": marks})["mark"].to_pylist()) if marks else []


def _until_queryable(count: int) -> float:
    began = time.perf_counter()
    while _count() < count:
        if time.perf_counter() - began > 5 * QUERYABLE_SECONDS:
            raise SystemExit(f"{_count()} of {count} events became queryable")
        time.sleep(0.2)
    if (found := _count()) != count:
        raise SystemExit(f"{found} events are there, {count} were accepted")
    return time.perf_counter() - began


@contextmanager
def _system() -> Iterator[tuple[int, str]]:
    from regulars.ground.processes.service import find_environment

    shutil.rmtree(FOLDER, ignore_errors=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = FOLDER.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "regulars.cli", "up", "--data", str(FOLDER)]
        system = subprocess.Popen(
            [*command, "--port", str(port)], stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"regulars is up" not in log.read_bytes():
            if system.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the system did not come up: see {log}")
            time.sleep(0.2)
        environment = find_environment(FOLDER) or {}
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="regulars.config.settings")
        yield port, environment["DATABASE_URL"]
    finally:
        os.kill(system.pid, signal.SIGINT)
        system.wait()
