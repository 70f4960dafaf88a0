"""The crier: what happens to leads, from one listening connection a process to all open phones.

Nobody is told of another store's leads. A phone that is slower than its leads is told to look at
its list again, in place of what it missed: nothing piles up for it.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
import psycopg

from regulars.act.tasks.tickets import LeadTicket
from regulars.ground.jobs.service import EVENT_CHANNEL
from regulars.ground.kit.sql import named

log = logging.getLogger(__name__)
TOPICS = frozenset({"lead.opened", "lead.assigned", "lead.closed"})
WAIT_AFTER_ERROR_SECONDS = 1.0
MOST_WAITING = 20
MOST_TOLD = 200
"""Of more leads at once than this a store is told that there are new ones, and not which."""
AGAIN = b'event: leads\ndata: {"what":"reload","leads":[]}\n\n'
Connection = psycopg.AsyncConnection[Any]


class Ear:
    """One open phone: what it is yet to be told."""

    __slots__ = ("news", "waiting")

    def __init__(self) -> None:
        self.waiting: asyncio.Future[None] | None = None
        self.news: deque[bytes] = deque(maxlen=MOST_WAITING)

    def put(self, told: bytes) -> None:
        if len(self.news) == MOST_WAITING:
            self.news.clear()
            told = AGAIN
        self.news.append(told)
        self.wake()

    def wake(self) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    def taken(self) -> bytes:
        """All that waits, as one piece."""
        told = b"".join(self.news)
        self.news.clear()
        return told


class Crier:
    """Belongs to one event loop; begins to listen with the first phone."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._by_store: defaultdict[int, set[Ear]] = defaultdict(set)
        self._of_all: set[Ear] = set()
        self._reader: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()
        self.phones = 0

    async def ready(self) -> None:
        """Wait until it listens: what happens from then on is told."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        await self._listens.wait()

    async def close(self) -> None:
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    @contextmanager
    def hearing(self, ticket: LeadTicket) -> Iterator[Ear]:
        """An ear for the leads of a ticket's stores."""
        ear = Ear()
        groups = self._groups(ticket)
        for group in groups:
            group.add(ear)
        self.phones += 1
        try:
            yield ear
        finally:
            self.phones -= 1
            for group in groups:
                group.discard(ear)

    def _groups(self, ticket: LeadTicket) -> list[set[Ear]]:
        if ticket.store_ids is None:
            return [self._of_all]
        return [self._by_store[store] for store in ticket.store_ids]

    async def _read(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._address, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {EVENT_CHANNEL}")
                    self._tell_everybody(AGAIN)  # whatever was missed
                    self._listens.set()
                    while True:
                        await self._hear(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("leads wait: %s", error)
                await asyncio.sleep(WAIT_AFTER_ERROR_SECONDS)

    async def _hear(self, connection: Connection) -> None:
        heard: list[tuple[str, str]] = []
        async for notice in connection.notifies(stop_after=1):
            topic, _space, event_id = notice.payload.partition(" ")
            heard.append((topic, event_id))
        for topic, event_id in heard:
            if topic in TOPICS:
                await self._cry(connection, topic, UUID(event_id))

    async def _cry(self, connection: Connection, topic: str, event_id: UUID) -> None:
        cursor = await connection.execute(named(__package__, "told"), {"event": event_id})
        rows = await cursor.fetchall()
        for store, leads in groupby(rows, key=lambda row: row[1]):
            ears = self._by_store.get(store, set()) | self._of_all
            if ears:
                told = _told(topic, store, list(leads))
                for ear in ears:
                    ear.put(told)

    def _tell_everybody(self, told: bytes) -> None:
        for ear in set().union(self._of_all, *self._by_store.values()):
            ear.put(told)


def _told(topic: str, store: int, rows: list[tuple[Any, ...]]) -> bytes:
    """An event for one store's phones, encoded once for all of them."""
    if len(rows) > MOST_TOLD:
        return AGAIN
    leads = [
        {"id": pk, "staff_id": staff, "state": state, "version": version}
        for pk, _store, staff, state, version in rows
    ]
    told = {"what": topic.removeprefix("lead."), "store_id": store, "leads": leads}
    return b"event: leads\ndata: " + orjson.dumps(told) + b"\n\n"
