"""What Postgres tells, in the memory of a process that streams: one connection listens for all."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import psycopg

log = logging.getLogger(__name__)
WAIT_AFTER_ERROR_SECONDS = 1.0
Connection = psycopg.AsyncConnection[Any]


class Listener(ABC):
    """Belongs to one event loop; begins to listen when it is first wanted, and again whenever the
    connection was lost."""

    channel: ClassVar[str]

    def __init__(self, address: str) -> None:
        self._address = address
        self._reader: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()

    async def ready(self) -> None:
        """Wait until it has begun once."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._listen())
        await self._listens.wait()

    async def close(self) -> None:
        """Stop listening."""
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    @abstractmethod
    async def _begin(self, connection: Connection) -> None:
        """It listens from here on: look at whatever was missed."""

    @abstractmethod
    async def _hear(self, connection: Connection, told: Sequence[str]) -> None:
        """What was told, one or more at once. What is told meanwhile comes the next time."""

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._address, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {self.channel}")
                    await self._begin(connection)
                    self._listens.set()
                    while True:
                        notices = connection.notifies(stop_after=1)
                        await self._hear(connection, [each.payload async for each in notices])
            except (psycopg.Error, OSError) as error:
                log.warning("%s waits: %s", type(self).__name__, error)
                await asyncio.sleep(WAIT_AFTER_ERROR_SECONDS)
