"""Which address is answered by which protocol."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from regulars.ground.kit.postgres_address import postgres_address
from regulars.know.collect.door import segment, sensors, webhooks
from regulars.know.collect.door.keys import Senders
from regulars.know.collect.door.pressure import Pressure
from regulars.know.collect.door.shelf import Shelf
from regulars.know.collect.door.wire import (
    Answer,
    Receive,
    Refusal,
    Request,
    Scope,
    Send,
    give,
    read,
)

log = logging.getLogger(__name__)
Protocol = Callable[[Request, Senders, Shelf], Awaitable[Answer]]
PREFLIGHT = Answer(
    204,
    headers={
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type, content-encoding, dry-run",
        "access-control-max-age": "86400",
    },
)


@dataclass(frozen=True)
class Entrance:
    protocol: Protocol
    most_bytes: int


ENTRANCES: dict[str, Entrance] = {
    "/v1/": Entrance(segment.take, 2 * segment.MOST_BYTES),
    "/sa": Entrance(sensors.take, sensors.MOST_BYTES),
    "/sa.gif": Entrance(sensors.take, sensors.MOST_BYTES),
    "/debug": Entrance(sensors.take, sensors.MOST_BYTES),
    "/hooks/": Entrance(webhooks.take, 10 * 2**20),
}


def entrance_for(path: str) -> Entrance | None:
    """An address that ends in a slash stands for all that begin with it."""
    if found := ENTRANCES.get(path):
        return found
    folder = path[: path.find("/", 1) + 1]
    return ENTRANCES.get(folder) if folder.endswith("/") else None


async def collect(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request at an entrance."""
    if scope["method"] == "OPTIONS":
        await give(PREFLIGHT, send)
        return
    entrance = entrance_for(scope["path"])
    assert entrance is not None
    try:
        request = await read(scope, receive, entrance.most_bytes)
        await _pressure().check()
        answer = await entrance.protocol(request, _senders(), _shelf())
    except Refusal as refusal:
        answer = refusal.answer
        if refusal.source:
            _shelf().count_refused(refusal.source)
    await give(answer, send)


@cache
def _shelf() -> Shelf:
    return Shelf(_address())


@cache
def _senders() -> Senders:
    return Senders(_address())


@cache
def _pressure() -> Pressure:
    return Pressure(_address())


def _address() -> str:
    return postgres_address("regulars door")
