"""The crier: what happens to leads, from one listening connection a process to all open phones.

Nobody is told of another store's leads. A phone that is slower than its leads is told to look at
its list again, in place of what it missed: nothing piles up for it.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson

from regulars.act.tasks.tickets import LeadTicket
from regulars.ground.jobs.listening import Connection, Listener
from regulars.ground.jobs.service import EVENT_CHANNEL
from regulars.ground.kit.sql import named

TOPICS = frozenset({"lead.opened", "lead.assigned", "lead.closed"})
MOST_WAITING = 20
MOST_TOLD = 200
"""Of more leads at once than this a store is told that there are new ones, and not which."""
AGAIN = b'event: leads\ndata: {"what":"reload","leads":[]}\n\n'


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


class Crier(Listener):
    """Begins to listen with the first phone."""

    channel = EVENT_CHANNEL

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._by_store: defaultdict[int, set[Ear]] = defaultdict(set)
        self._of_all: set[Ear] = set()
        self.phones = 0

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

    async def _begin(self, connection: Connection) -> None:
        self._tell_everybody(AGAIN)  # whatever was missed

    async def _hear(self, connection: Connection, told: Sequence[str]) -> None:
        for text in told:
            topic, _space, event_id = text.partition(" ")
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
