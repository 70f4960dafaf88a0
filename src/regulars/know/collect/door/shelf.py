"""Where arrivals are put: requests that come together are stored by one statement, one commit.
What comes while one is being stored waits for the next: two at a time make more commits, not more
room.

`put` returns only after the commit: then, and not before, the sender may be told that all is well.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg

from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.know.collect.door.wire import Refusal
from regulars.know.collect.models import WAKE_CHANNEL
from regulars.know.collect.packing import packed

log = logging.getLogger(__name__)
MOST_BYTES_WAITING = 64 * 2**20
MOST_AT_ONCE = 2_000
MOST_BYTES_AT_ONCE = 16 * 2**20
WAIT_AFTER_ERROR_SECONDS = 0.5
RETRY_SECONDS = 2

STORE = """
    WITH stored AS (
        INSERT INTO collect_batch (id, source, kind, raw, layout, received_at)
        SELECT id, source, kind, raw, layout::jsonb, %(now)b
        FROM unnest(
            %(ids)b::uuid[], %(sources)b::text[], %(kinds)b::text[], %(raws)b::bytea[],
            %(layouts)b::text[]
        ) AS arrival (id, source, kind, raw, layout)
    ),
    counted AS (
        INSERT INTO collect_source_minute AS known
            (source, minute_at, requests, events, refused, bytes)
        SELECT source, date_trunc('minute', %(now)b::timestamptz), requests, events, refused, bytes
        FROM unnest(
            %(counted)b::text[], %(requests)b::bigint[], %(events)b::bigint[],
            %(refused)b::bigint[], %(bytes)b::bigint[]
        ) AS count (source, requests, events, refused, bytes)
        ON CONFLICT (source, minute_at) DO UPDATE SET
            requests = known.requests + excluded.requests,
            events = known.events + excluded.events,
            refused = known.refused + excluded.refused,
            bytes = known.bytes + excluded.bytes
    )
    SELECT pg_notify(%(channel)s, '')
"""


@dataclass(frozen=True)
class Arrival:
    """One request's body as it came; `layout` says how to read it, `events` how many it claims."""

    source: str
    kind: str
    raw: bytes
    layout: dict[str, Any]
    events: int


Waiting = tuple[Arrival, asyncio.Future[None]]


class Shelf:
    """Belongs to one event loop; its writer starts with the first arrival."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._waiting: list[Waiting] = []
        self._refused: Counter[str] = Counter()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def put(self, arrival: Arrival) -> None:
        """Store it. Raises Refusal(503) when too much waits already or nothing can be stored."""
        if self._bytes + len(arrival.raw) > MOST_BYTES_WAITING:
            raise Refusal(503, "too much waits to be stored", RETRY_SECONDS)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, stored))
        self._bytes += len(arrival.raw)
        self._wake.set()
        await stored

    def count_refused(self, source: str) -> None:
        """Counted with the next commit."""
        self._refused[source] += 1

    async def close(self) -> None:
        """Stop writing; what is being stored is stored first."""
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None

    async def _write(self) -> None:
        while True:
            taken: Sequence[Waiting] = ()
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._address, autocommit=True
                ) as connection:
                    while True:
                        taken = ()
                        await self._wake.wait()
                        if taken := self._taken():
                            await self._store(connection, [arrival for arrival, _ in taken])
                            self._settle(taken, is_stored=True)
                        else:
                            self._wake.clear()
            except (psycopg.Error, OSError) as error:
                log.warning("nothing can be stored: %s", error)
                self._settle(taken or self._taken(), is_stored=False)
                await asyncio.sleep(WAIT_AFTER_ERROR_SECONDS)

    def _taken(self) -> list[Waiting]:
        size, count = 0, 0
        for arrival, _ in self._waiting[:MOST_AT_ONCE]:
            size += len(arrival.raw)
            count += 1
            if size >= MOST_BYTES_AT_ONCE:
                break
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _settle(self, taken: Sequence[Waiting], *, is_stored: bool) -> None:
        for arrival, stored in taken:
            self._bytes -= len(arrival.raw)
            if stored.done():
                continue
            if is_stored:
                stored.set_result(None)
            else:
                reason = "nothing can be stored just now"
                stored.set_exception(Refusal(503, reason, RETRY_SECONDS))

    async def _store(
        self, connection: psycopg.AsyncConnection[Any], arrivals: Sequence[Arrival]
    ) -> None:
        refused, self._refused = self._refused, Counter()
        await connection.execute(
            STORE,
            {
                "now": clock.now(),
                "ids": [new_id() for _ in arrivals],
                "sources": [each.source for each in arrivals],
                "kinds": [each.kind for each in arrivals],
                "raws": [packed(each.raw) for each in arrivals],
                "layouts": [
                    orjson.dumps(each.layout | {"bytes": len(each.raw)}).decode()
                    for each in arrivals
                ],
                "channel": WAKE_CHANNEL,
                **_counted(arrivals, refused),
            },
        )


def _counted(arrivals: Sequence[Arrival], refused: Counter[str]) -> dict[str, list[Any]]:
    """A row a source, in the order of their codes: two processes that write never wait for each
    other in a ring."""
    requests: Counter[str] = Counter()
    events: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for arrival in arrivals:
        requests[arrival.source] += 1
        events[arrival.source] += arrival.events
        sizes[arrival.source] += len(arrival.raw)
    sources = sorted({*requests, *refused})
    counts = {"requests": requests, "events": events, "refused": refused, "bytes": sizes}
    return {"counted": sources} | {
        name: [count[source] for source in sources] for name, count in counts.items()
    }
