"""The board: the numbers as they stand, in the memory of a process that tells them to streams.

One connection a process listens; streams hold none. A stream that is slower than the numbers finds
only the last ones: nothing is queued for it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from regulars.ground.jobs.listening import Connection, Listener
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.understand.live.models import CHANNEL
from regulars.understand.live.rules import Counted, Course, Live, Targets, live

STATE = "SELECT revision, as_of, learned_at FROM live_state"


@dataclass(frozen=True)
class _Standing:
    revision: int
    as_of: datetime
    learned_at: datetime | None


class Board(Listener):
    """Begins to listen with the first stream; ready when the numbers have been read once."""

    channel = CHANNEL

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._numbers: dict[int, Counted] = {}
        self._courses: dict[int, Course] = {}
        self._learned_at: datetime | None = None
        self._ears: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self.revision = 0
        self.as_of: datetime | None = None
        self.streams = 0

    @contextmanager
    def hearing(self, nodes: Iterable[int]) -> Iterator[asyncio.Event]:
        """Set whenever the number of one of these places changed."""
        ear, heard = asyncio.Event(), list(nodes)
        for node in heard:
            self._ears[node].add(ear)
        self.streams += 1
        try:
            yield ear
        finally:
            self.streams -= 1
            for node in heard:
                self._ears[node].discard(ear)

    def revision_of(self, node: int) -> int:
        """0 for a place that was not counted yet."""
        counted = self._numbers.get(node)
        return 0 if counted is None else counted.revision

    def find(self, node: int, targets: Targets) -> Live | None:
        """The place's number as it stands."""
        counted = self._numbers.get(node)
        if counted is None or self.as_of is None:
            return None
        course = self._courses.get(node)
        return live(counted, course, targets, self.as_of, clock.hours_over(self.as_of))

    async def _begin(self, connection: Connection) -> None:
        await self._catch_up(connection)

    async def _hear(self, connection: Connection, told: Sequence[str]) -> None:
        await self._catch_up(connection)

    async def _catch_up(self, connection: Connection) -> None:
        """Read the state first: what changes meanwhile is read once more, and never missed."""
        async with connection.cursor(row_factory=class_row(_Standing)) as cursor:
            state = await (await cursor.execute(STATE)).fetchone()
        if state is None:
            return
        if state.revision < self.revision:  # counted anew, from the beginning
            self._numbers, self.revision = {}, 0
        if state.learned_at != self._learned_at:
            await self._read_courses(connection)
            self._learned_at = state.learned_at
        async with connection.cursor(row_factory=class_row(Counted)) as cursor:
            after = {"after": self.revision, "nodes": None}
            changed = await cursor.execute(named(__package__, "changed_since"), after)
            numbers = await changed.fetchall()
        self._numbers |= {number.node: number for number in numbers}
        self.revision, self.as_of = state.revision, state.as_of
        for number in numbers:
            for ear in self._ears.get(number.node, ()):
                ear.set()

    async def _read_courses(self, connection: Connection) -> None:
        async with connection.cursor() as cursor:
            known = named(__package__, "courses_known")
            rows = await (await cursor.execute(known, {"nodes": None})).fetchall()
        self._courses = {node: Course(*told) for node, *told in rows}
