"""Who is allowed in: the sources as they stood a moment ago, and how much each may send."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from regulars.ground.kit import crypto
from regulars.know.collect.door.wire import Refusal
from regulars.know.collect.sources import hash_of_key

LOOK_SECONDS = 2.0
SOURCES = """
    SELECT code, kind, key_hash, secret_sealed, settings, events_per_second
    FROM collect_source WHERE is_active
"""


@dataclass
class Sender:
    """An active source, and what is left of its allowance: a bucket that holds two seconds'."""

    code: str
    kind: str
    settings: dict[str, Any]
    key_hash: bytes | None = None
    secret: str = ""
    events_per_second: int | None = None
    _left: float = field(default=0.0, repr=False)
    _filled_at: float = field(default=0.0, repr=False)

    def spend(self, events: int) -> None:
        """Raises Refusal(429) when the source sends more than it may."""
        if not self.events_per_second:
            return
        now, most = time.monotonic(), 2.0 * self.events_per_second
        self._left = min(most, self._left + (now - self._filled_at) * self.events_per_second)
        self._filled_at = now
        if self._left <= 0:
            raise Refusal(429, "this source sends more than it may", 1, source=self.code)
        self._left -= events


class Senders:
    """Active sources by key, by project and by code; looked up anew every two seconds."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._by_code: dict[str, Sender] = {}
        self._by_key: dict[bytes, Sender] = {}
        self._looked_at = -LOOK_SECONDS
        self._looking = asyncio.Lock()

    async def by_key(self, key: str, kinds: tuple[str, ...]) -> Sender:
        """Raises Refusal(401) for a key that opens nothing, or a door of another kind."""
        await self._look()
        sender = self._by_key.get(hash_of_key(key)) if key else None
        if sender is None or sender.kind not in kinds:
            raise Refusal(401, "this key is not known here")
        return sender

    async def by_project(self, project: str, token: str) -> Sender:
        """A Sensors source: by its token, or by its project's name where that is enough."""
        await self._look()
        by_token = self._by_key.get(hash_of_key(token)) if token else None
        if by_token and by_token.kind == "sensors":
            return by_token
        for sender in self._by_code.values():
            name = sender.settings.get("project", "default")
            if sender.kind == "sensors" and sender.settings.get("is_open") and name == project:
                return sender
        raise Refusal(401, "this project or token is not known here")

    async def by_code(self, code: str, kind: str) -> Sender:
        await self._look()
        sender = self._by_code.get(code)
        if sender is None or sender.kind != kind:
            raise Refusal(404, "there is no such source")
        return sender

    async def _look(self) -> None:
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        async with self._looking:
            if time.monotonic() - self._looked_at < LOOK_SECONDS:
                return
            try:
                rows = await self._rows()
            except (psycopg.Error, OSError) as error:
                if self._by_code:
                    return  # who was let in a moment ago still is; storing will say no if it must
                raise Refusal(503, "the sources cannot be looked up just now", 2) from error
            self._take(rows)
            self._looked_at = time.monotonic()

    async def _rows(self) -> list[dict[str, Any]]:
        connection = await psycopg.AsyncConnection.connect(self._address, row_factory=dict_row)
        async with connection:
            return await (await connection.execute(SOURCES)).fetchall()

    def _take(self, rows: list[dict[str, Any]]) -> None:
        senders = [self._sender(row) for row in rows]
        self._by_code = {sender.code: sender for sender in senders}
        self._by_key = {sender.key_hash: sender for sender in senders if sender.key_hash}

    def _sender(self, row: dict[str, Any]) -> Sender:
        """The same object as before where nothing changed: it knows what it has spent."""
        sealed = row.pop("secret_sealed")
        row["secret"] = crypto.decrypt(bytes(sealed)) if sealed else ""
        row["key_hash"] = bytes(row["key_hash"]) if row["key_hash"] else None
        sender, before = Sender(**row), self._by_code.get(row["code"])
        return before if before is not None and _alike(before, sender) else sender


def _alike(one: Sender, other: Sender) -> bool:
    names = ("kind", "settings", "key_hash", "secret", "events_per_second")
    return all(getattr(one, name) == getattr(other, name) for name in names)
