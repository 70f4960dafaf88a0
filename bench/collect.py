"""Collecting: how many events are taken in durably, how soon they can be asked about.

A whole system with its loader on, the sender on the same machine. Beside it, in the same run: the
same batches put into Postgres row by row as JSONB, and by plain COPY, which checks nothing.
"""

import asyncio
import json
import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.collecting import (
    EVENTS_A_BATCH,
    QUERYABLE_SECONDS,
    batch,
    count_events,
    single,
    source,
    system,
    ten,
    wait_until_queryable,
)
from bench.harness import Result
from bench.senders import Body, Sent, post

LATENCY_RATE = 5_000
SAMPLE_EVERY = 50
LOOK_SECONDS = 0.02


def main(scale: float) -> None:
    with system() as (port, database):
        key = source()
        seconds = max(5.0, 20.0 * scale)
        _latency(port, key, 3 * seconds)
        _batches(port, key, seconds, database)
        _singles(port, key, seconds)


def _batches(port: int, key: str, seconds: float, database: str) -> None:
    before = count_events()
    sent = _post(port, "/v1/batch", key, batch, connections=8, seconds=seconds)
    events = sent.accepted * EVENTS_A_BATCH
    waited = wait_until_queryable(before + events)
    Result(
        name="collect_batch",
        claim="Events accepted durably in a second, in batches of 100, the loader on",
        value=events / sent.seconds if waited <= QUERYABLE_SECONDS else 0.0,
        unit="events/s",
        bar=100_000,
        at_most=False,
        alternatives=_alternatives(database),
        sizes={"events": events, "bytes an event": len(batch(0)) // EVENTS_A_BATCH},
        notes=f"answers {sent.answers}; all queryable {waited:.1f} s after the end (bar 60); "
        f"loaded at {events / (sent.seconds + waited):,.0f} events/s (bar 50,000)",
    ).save()


def _singles(port: int, key: str, seconds: float) -> None:
    before = count_events()
    sent = _post(port, "/v1/track", key, single, connections=64, seconds=seconds)
    waited = wait_until_queryable(before + sent.accepted)
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
        content, mark = ten(number)
        if number % SAMPLE_EVERY:
            return content
        marks[mark] = time.perf_counter()
        return content.replace(b'"Product Viewed"', b'"%b"' % mark.encode(), 1)

    async def run() -> Sent:
        sending = asyncio.create_task(
            post(port, "/v1/batch", key, body, connections=16, seconds=seconds, rate=rate)
        )
        while not sending.done() or marks:
            await asyncio.sleep(LOOK_SECONDS)
            seen = await asyncio.to_thread(_seen, dict(marks))
            now = time.perf_counter()
            found.extend(now - marks.pop(mark) for mark in seen)
            if sending.done() and marks and now - max(marks.values()) > QUERYABLE_SECONDS:
                raise SystemExit("some events never became queryable")
        return await sending

    before = count_events()
    sent = asyncio.run(run())
    wait_until_queryable(before + 10 * sent.accepted)  # what follows counts from here
    cut = statistics.quantiles(found, n=100, method="inclusive")
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


def _alternatives(database: str) -> dict[str, float | str]:
    bodies = [batch(number).decode() for number in range(300)]
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
            connection.execute("INSERT INTO bench_commits VALUES (%b)", [single(number)])
        took = time.perf_counter() - began
        connection.execute("DROP TABLE bench_commits")
    return count / took


def _seen(marks: dict[str, float]) -> list[str]:
    """Which of these names of events can be asked about? Nothing older than the oldest of them is
    looked at, so that looking keeps nobody waiting."""
    from regulars.ground.warehouse.service import query

    if not marks:
        return []
    since = datetime.now(UTC) - timedelta(seconds=time.perf_counter() - min(marks.values()) + 1)
    sql = """
        SELECT name FROM events
        WHERE received_at >= $since AND name IN (SELECT unnest($marks::VARCHAR[]))
    """
    found = query(sql, {"since": since, "marks": list(marks)})
    return list(found["name"].to_pylist())
