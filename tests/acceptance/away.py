"""PostgreSQL is away for a while: the system says so, takes nothing in, and goes on by itself.

`python -m tests.acceptance.away --seconds 60` (`make away`) is the long form; a test is short.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import duckdb
import psycopg
from tests.acceptance.running import START_SECONDS, Keys, System, new_system

from regulars.ground.processes.postgres import ensure_cluster

PAUSE_SECONDS = 0.2
SOLD = "SELECT order_no FROM tickets WHERE order_no LIKE 'AWAY-%'"
SEEN = "SELECT name, count(*) FROM events WHERE name LIKE 'AWAY-%' GROUP BY ALL"


@dataclass
class Report:
    """What was answered while PostgreSQL was away: statuses, without a Retry-After where one was
    due, and what `/readyz` said; then what of all that was acknowledged is not there once."""

    statuses: dict[str, set[int]] = field(default_factory=dict)
    without_retry_after: int = 0
    said: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    back_after_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def spend_away(seconds: float) -> Report:
    report = Report()
    with new_system() as system:
        told = _headers(system.keys)
        cluster = ensure_cluster(system.data)
        cluster.start()
        try:
            system.start(cluster.url)
            _send(system, told, "AWAY-1", report)
            cluster.stop()
            _look_around(system, told, seconds, report)
            cluster.start()
            began = time.monotonic()
            system.wait_until_ready(START_SECONDS)
            report.back_after_seconds = time.monotonic() - began
            _send_until_taken(system, told, "AWAY-2", report)
            _wait_until_loaded(system)
            system.stop()
            report.wrong = _wrong(system, report.acknowledged)
        finally:
            cluster.stop()
    return report


def _look_around(
    system: System, told: dict[str, dict[str, str]], seconds: float, report: Report
) -> None:
    deadline, number = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        number += 1
        _send(system, told, f"AWAY-no-{number}", report)
        _status, answer = system.post("GET", "/readyz")
        parts = (answer or {}).get("parts", {})
        report.said |= {
            name for name, part in parts.items() if not part["ready"] and part["reason"]
        }
        time.sleep(PAUSE_SECONDS)


def _send(system: System, told: dict[str, dict[str, str]], name: str, report: Report) -> None:
    """An order through the API and an event through the door."""
    order = {
        "order_id": name, "sold_at": "2024-05-01T10:00:00+08:00", "store_id": "S1",
        "lines": [{"product_id": "P1", "quantity": 1, "net_cents": 100}],
    }  # fmt: skip
    event = {"type": "track", "event": name, "userId": "M1", "messageId": name}
    sent = {"order": ("/api/v1/orders", {"records": [order]}), "event": ("/v1/track", event)}
    with ThreadPoolExecutor() as pool:  # at once: each waits a while for a database
        answers = pool.map(lambda what: system.send("POST", *sent[what], told[what]), sent)
    for what, (status, _answer, headers) in zip(sent, answers, strict=True):
        report.statuses.setdefault(what, set()).add(status)
        report.without_retry_after += status == 503 and "retry-after" not in headers
        if status == 200:
            report.acknowledged.add(f"{what} {name}")


def _send_until_taken(
    system: System, told: dict[str, dict[str, str]], name: str, report: Report
) -> None:
    """As a sender does who is told to come again."""
    deadline = time.monotonic() + START_SECONDS
    while not {f"order {name}", f"event {name}"} <= report.acknowledged:
        assert time.monotonic() < deadline, "nothing is taken in again"
        _send(system, told, name, report)
        time.sleep(PAUSE_SECONDS)


def _headers(keys: Keys) -> dict[str, dict[str, str]]:
    given = {"order": keys.token, "event": keys.write_key}
    return {what: {"Authorization": f"Bearer {secret}"} for what, secret in given.items()}


def _wait_until_loaded(system: System) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = "SELECT count(*) FROM collect_batch WHERE state <> 'loaded'"
    with psycopg.connect(system.environment["DATABASE_URL"], autocommit=True) as postgres:
        while postgres.execute(waiting).fetchone() != (0,):
            assert time.monotonic() < deadline, "not everything was loaded"
            time.sleep(PAUSE_SECONDS)


def _wrong(system: System, acknowledged: set[str]) -> list[str]:
    """What is there though it was not acknowledged, is not there though it was, or twice."""
    with duckdb.connect(str(system.data / "warehouse.duckdb"), read_only=True) as warehouse:
        orders: list[Any] = [f"order {name}" for (name,) in warehouse.sql(SOLD).fetchall()]
        seen = warehouse.sql(SEEN).fetchall()
    events = [f"event {name}" for name, count in seen for _ in range(count)]
    found = orders + events
    doubled = [name for name in set(found) if found.count(name) > 1]
    return sorted({*doubled, *(acknowledged ^ set(found))})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    print(spend_away(parser.parse_args().seconds))  # noqa: T201


if __name__ == "__main__":
    main()
