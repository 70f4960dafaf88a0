"""The crash drill: senders send while every process is killed at random, and at the end everything
that was acknowledged is there exactly once.

`python -m tests.acceptance.drill --kills 50` (`make drill`) is the long form; a
short one is a test.
"""

import argparse
import random
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb
import psycopg
from tests.acceptance.running import System, new_system
from tests.own_environment import without_ours

from regulars.ground.processes.service import attached
from regulars.ground.warehouse.errors import WarehouseError
from regulars.ground.warehouse.flight import Client
from regulars.ground.warehouse.statement import Statement

PROCESSES = ("web", "worker", "warehouse", "loader", "tags", "live", "leads", "postgres")
AIMED_AT = ("loader", "loader", "warehouse", "postgres")
"""Killed in the moment between the warehouse's commit and the inbox's mark."""
# A process that was killed often is started again after half a minute only.
AIM_SECONDS, SETTLE_SECONDS = 45.0, 900.0
FOUND_ORDERS = """
    SELECT order_no, count(DISTINCT ticket_id), count(*), sum(order_lines.net_cents)::BIGINT
    FROM tickets
    LEFT JOIN order_lines USING (ticket_id)
    GROUP BY ALL
"""
FOUND_EVENTS = "SELECT name, count(*) FROM events WHERE name LIKE 'drill-%' GROUP BY ALL"
FOUND_REJECTS = """
    SELECT coalesce(nullif(record->>'order_id', ''), record->>'userId'), count(*)
    FROM collect_reject GROUP BY 1
"""
PUBLISHED = """
    SELECT batch_id, count(*)
    FROM jobs_event, jsonb_array_elements_text(payload->'batches') AS batch_id
    WHERE topic IN ('batch.loaded', 'events.loaded')
    GROUP BY 1
"""


@dataclass
class Sent:
    """What became of each thing sent, by its name: acknowledged, refused, or no answer came."""

    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    """Of those acknowledged: what the loader must put into quarantine."""

    @property
    def all(self) -> set[str]:
        return self.acknowledged | self.refused | self.unanswered

    def note(self, names: Sequence[str], status: int) -> None:
        is_refusal = 400 <= status < 500 or status == 503
        for name in names:
            if status == 200:
                self.acknowledged.add(name)
                self.unanswered.discard(name)
                self.refused.discard(name)
            elif is_refusal and name not in self.unanswered | self.acknowledged:
                self.refused.add(name)
            elif name not in self.acknowledged:
                self.unanswered.add(name)
                self.refused.discard(name)


@dataclass
class Report:
    kills: Counter[str]
    windows_hit: int
    sent: dict[str, int]
    acknowledged: dict[str, int]
    found: dict[str, int]
    lost: list[str]
    doubled: list[str]
    found_though_refused: list[str]
    rejects_wrong: list[str]
    published_wrong: list[str]
    standing_aside: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        faults = (
            self.lost, self.doubled, self.found_though_refused, self.rejects_wrong,
            self.published_wrong,
        )  # fmt: skip
        return not any(faults) and not self.standing_aside

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        lines = [
            f"{sum(self.kills.values())} kills in {self.seconds:.0f} s ({killed}); "
            f"{self.windows_hit} hit the window between the warehouse's commit and the mark",
            *(
                f"{what}: sent {self.sent[what]}, acknowledged {self.acknowledged[what]}, "
                f"found {self.found[what]}"
                for what in self.sent
            ),
            *(
                f"{label}: {len(names)} {names[:5] or ''}"
                for label, names in (
                    ("lost", self.lost),
                    ("doubled", self.doubled),
                    ("found though refused", self.found_though_refused),
                    ("rejects not in quarantine once", self.rejects_wrong),
                    ("batches not published once", self.published_wrong),
                )
            ),
            f"batches that stand aside: {self.standing_aside}",
        ]
        return "\n".join(lines)


class Senders:
    """Threads that send until told to stop, and send again half of what got no answer."""

    def __init__(self, system: System, pause: float) -> None:
        self.orders, self.events = Sent(), Sent()
        self._system, self._pause = system, pause
        self._bearer = {"Authorization": f"Bearer {system.keys.token}"}
        key = b64encode(f"{system.keys.write_key}:".encode()).decode()
        self._basic = {"Authorization": f"Basic {key}"}
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(send, number))
            for send in (self._orders, self._events)
            for number in range(2)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self, send: Any, number: int) -> None:
        chance, count = random.Random(number), 0
        while not self._over.wait(self._pause * chance.uniform(0.3, 1.7)):
            count += 1
            names = [f"drill-{number}-{count}-{each}" for each in range(chance.randint(1, 4))]
            while not send(names) and chance.random() < 0.5 and not self._over.wait(0.3):
                pass

    def _orders(self, names: list[str]) -> bool:
        records = [_order(name) for name in names]
        body = {"records": records}
        status, told = self._system.post("POST", "/api/v1/orders", body, self._bearer)
        if status == 200:
            assert all(each["outcome"] == "accepted" for each in told["results"]), told
            self.orders.bad.update(name for name in names if _is_bad(name))
        self.orders.note(names, status)
        return status == 200

    def _events(self, names: list[str]) -> bool:
        body = {"batch": [_event(name) for name in names]}
        status, _told = self._system.post("POST", "/v1/batch", body, self._basic)
        if status == 200:
            self.events.bad.update(name for name in names if _is_bad(name))
        self.events.note(names, status)
        return status == 200


def _is_bad(name: str) -> bool:
    """Every eleventh is refused by the loader."""
    return sum(map(int, name.split("-")[1:])) % 11 == 0


def _order(name: str) -> dict[str, Any]:
    year = 1024 if _is_bad(name) else 2026
    return {
        "order_id": name,
        "sold_at": f"{year}-03-01T10:00:00+08:00",
        "store_id": "S1",
        "member_id": "M1",
        "lines": [
            {"product_id": p, "quantity": 1, "net_cents": c} for p, c in (("P1", 7), ("P2", 5))
        ],
    }


def _event(name: str) -> dict[str, Any]:
    told = {"type": "track", "messageId": name, "userId": name, "properties": {"n": 1}}
    return told if _is_bad(name) else told | {"event": name}


def drill(kills: int, *, seed: int, pause: float = 0.5) -> Report:
    """Run it whole on a system of its own, and look at what is left."""
    with new_system() as system:
        system.start()
        began, killed, hit = time.monotonic(), Counter[str](), 0
        senders = Senders(system, pause)
        senders.start()
        try:
            chance = random.Random(seed)
            while sum(killed.values()) < kills:
                time.sleep(chance.uniform(0.5, 3.0))
                if sum(killed.values()) % 2 == 0:
                    name = chance.choice(AIMED_AT)
                    was_killed, was_hit = _aim(system, name)
                    hit += was_hit
                else:
                    name = chance.choice(PROCESSES)
                    was_killed = system.kill(name)
                killed[name] += was_killed
        finally:
            senders.stop()
        _settle(system)
        seconds = time.monotonic() - began
        system.stop()
        return _looked_at(system, senders, killed, hit, seconds)


def _aim(system: System, name: str) -> tuple[bool, bool]:
    """Kill as soon as the warehouse holds what the inbox was not told of: whether it was killed,
    and whether it still held it when the loader was gone."""
    address = system.environment.get("REGULARS_WAREHOUSE")
    deadline = time.monotonic() + AIM_SECONDS
    if not address:
        return False, False
    client, waiting = Client(address), Statement("SELECT count(*) AS n FROM outbox")
    while time.monotonic() < deadline:
        try:
            if not client.query(waiting)["n"][0].as_py():
                continue
        except WarehouseError:
            time.sleep(0.1)
            continue
        is_killed = system.kill(name)
        with suppress(WarehouseError):
            return is_killed, is_killed and client.query(waiting)["n"][0].as_py() > 0
        return is_killed, False
    return system.kill(name), False


def _settle(system: System) -> None:
    """Until every part is ready again and nothing waits."""
    system.wait_until_ready(SETTLE_SECONDS)
    deadline = time.monotonic() + SETTLE_SECONDS
    sql = "SELECT count(*) FROM collect_batch WHERE state = 'waiting'"
    while True:
        with psycopg.connect(system.environment["DATABASE_URL"]) as postgres:
            (waiting,) = postgres.execute(sql).fetchone() or (0,)
        if not waiting:
            return
        assert time.monotonic() < deadline, (
            f"{waiting} batches wait: {system.log.read_text()[-5_000:]}"
        )
        time.sleep(0.5)


def _looked_at(
    system: System, senders: Senders, killed: Counter[str], hit: int, seconds: float
) -> Report:
    with duckdb.connect(str(system.data / "warehouse.duckdb"), read_only=True) as warehouse:
        tickets = warehouse.sql(FOUND_ORDERS).fetchall()
        orders = {name: n for name, n, *_lines in tickets if name.startswith("drill-")}
        crooked = [f"{name} {rest}" for name, *rest in tickets
                   if name.startswith("drill-") and rest != [1, 2, 12]]  # fmt: skip
        events = dict(warehouse.sql(FOUND_EVENTS).fetchall())
    with (
        without_ours(),
        attached(system.data) as environment,
        psycopg.connect(environment["DATABASE_URL"]) as postgres,
    ):
        rejects = dict(postgres.execute(FOUND_REJECTS).fetchall())
        published = dict(postgres.execute(PUBLISHED).fetchall())
        states = dict(postgres.execute("SELECT state, count(*) FROM collect_batch GROUP BY 1"))
        loaded = "SELECT id::text FROM collect_batch WHERE state = 'loaded'"
        ids = [id_ for (id_,) in postgres.execute(loaded).fetchall()]
    both = (("orders", senders.orders, orders), ("events", senders.events, events))
    good = {what: sent.acknowledged - sent.bad for what, sent, _found in both}
    return Report(
        kills=killed,
        windows_hit=hit,
        sent={what: len(sent.all) for what, sent, _found in both},
        acknowledged={what: len(sent.acknowledged) for what, sent, _found in both},
        found={what: len(found) for what, _sent, found in both},
        lost=sorted(name for what, _sent, found in both for name in good[what] - found.keys()),
        doubled=crooked + sorted(name for name, n in events.items() if n > 1),
        found_though_refused=sorted(
            name for _what, sent, found in both for name in sent.refused & found.keys()
        ),
        rejects_wrong=_wrong_rejects(senders, rejects),
        published_wrong=[id_ for id_ in ids if published.get(id_) != 1],
        standing_aside=states.get("failed", 0),
        seconds=seconds,
    )


def _wrong_rejects(senders: Senders, rejects: dict[str, int]) -> list[str]:
    """What the loader refuses stands in quarantine: each once a request that was taken. A request
    sent again after no answer came may have been taken twice; an order of two lines has two rows,
    and names are used for orders and for events."""
    wrong = []
    names = senders.orders.bad | senders.events.bad
    for name in names:
        least = 2 * (name in senders.orders.bad) + (name in senders.events.bad)
        if not rejects.get(name, 0) >= least:
            wrong.append(name)
    return wrong


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=20_261_122)
    chosen = options.parse_args()
    report = drill(chosen.kills, seed=chosen.seed)
    sys.stdout.write(f"{report}\n")
    sys.exit(0 if report.is_clean else 1)


if __name__ == "__main__":
    main()
