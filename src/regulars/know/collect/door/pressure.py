"""Whether more can be taken in: room on the disk, and a backlog that is worked off.

Asked at most once a second; nobody is told that all is well when it is not.
"""

import asyncio
import os
import time

import psycopg

from regulars.ground.kit.room import get_room
from regulars.know.collect.door.wire import Refusal

LOOK_SECONDS = 1.0
MOST_WAITING = int(os.environ.get("REGULARS_MOST_WAITING", "300000"))
WAITING = """
    SELECT count(*) FROM (
        SELECT FROM collect_batch WHERE state = 'waiting' LIMIT %s
    ) AS waiting
"""


class Pressure:
    def __init__(self, address: str) -> None:
        self._address = address
        self._looked_at = -LOOK_SECONDS
        self._looking = asyncio.Lock()
        self._refusal: tuple[int, str, int] | None = None

    async def check(self) -> None:
        """Raises Refusal: 503 when the disk is nearly full, 429 when too much waits."""
        if time.monotonic() - self._looked_at > LOOK_SECONDS and not self._looking.locked():
            async with self._looking:
                self._refusal = await self._found()
                self._looked_at = time.monotonic()
        if self._refusal:
            raise Refusal(*self._refusal)

    async def _found(self) -> tuple[int, str, int] | None:
        if not get_room().is_enough:
            return 503, "the disk is nearly full", 30
        try:
            async with await psycopg.AsyncConnection.connect(self._address) as connection:
                row = await (await connection.execute(WAITING, [MOST_WAITING])).fetchone()
        except (psycopg.Error, OSError):
            return 503, "nothing can be stored just now", 2
        if row and row[0] >= MOST_WAITING:
            return 429, "too much waits to be loaded", 5
        return None
