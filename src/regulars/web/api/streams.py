"""The live stream, `GET /api/v1/stream?ticket=…`: a bare ASGI app without a database connection.

Server-sent events. `number` is a place's number whenever it changed, and once a minute besides,
because time goes by; `as_of` says that nothing did. A stream ends after a quarter of an hour and at
the day's end: who comes back is looked at anew, and goes on after the last event's id.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.utils import translation

from regulars.ground.kit import clock
from regulars.ground.kit.postgres_address import postgres_address
from regulars.understand.live.service import Board, Forecast, Live, Targets, Ticket, read_ticket
from regulars.web.parts.live import STREAM, as_of, shown_of

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_STREAMS = 3_000
"""With `lead_streams.MOST_PHONES` below the server's backpressure (`ground/processes/web`), so that
pages are always answered."""
READY_SECONDS = 5.0
BEAT_SECONDS = 10.0
AGAIN_SECONDS = 60.0
LIFE_SECONDS = 900.0
OPENED = b"retry: 2000\n\n"
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


def is_stream(scope: Mapping[str, Any]) -> bool:
    """Whether a request brings a ticket; without one it is Django's, which gives tickets out."""
    return scope["path"] == STREAM and b"ticket=" in scope.get("query_string", b"")


async def stream(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer one stream until it is over."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    ticket = read_ticket(asked["ticket"][0]) if "ticket" in asked else None
    if scope["method"] != "GET":
        return await refuse(send, 405, "GET is what is answered here")
    if ticket is None:
        return await refuse(send, 403, "the ticket is not valid (any more)")
    board = _board()
    if board.streams >= MOST_STREAMS:
        return await refuse(send, 503, "too many streams are open", retry_after=30)
    try:
        async with asyncio.timeout(READY_SECONDS):
            await board.ready()
    except TimeoutError:
        return await refuse(send, 503, "the numbers cannot be read just now", retry_after=5)
    await start(send, 200, HEADERS)
    return await _Stream(board, ticket, _after(scope, asked)).tell(receive, send)


class _Stream:
    """What one listener was told. A listener that is slow is told the last numbers, not all."""

    def __init__(self, board: Board, ticket: Ticket, after: int) -> None:
        self.board, self.ticket = board, ticket
        # An id from before the numbers were counted anew tells nothing.
        self.told = after if after <= board.revision else 0
        self.told_all_at = time.monotonic()

    async def tell(self, receive: Receive, send: Send) -> None:
        ends_at = time.monotonic() + LIFE_SECONDS
        with self.board.hearing(self.ticket.targets) as ear:
            left = asyncio.ensure_future(gone(receive))
            left.add_done_callback(lambda _: ear.set())
            try:
                await give(send, OPENED)
                while not left.done() and time.monotonic() < ends_at and self._is_todays:
                    await give(send, b"".join(self._news()) or self._beat())
                    await _set_within(ear, BEAT_SECONDS)
                    ear.clear()
                if not left.done():
                    await send({"type": "http.response.body", "body": b""})
            finally:
                left.cancel()

    @property
    def _is_todays(self) -> bool:
        return self.ticket.day == clock.today()

    def _news(self) -> Iterator[bytes]:
        """The numbers that changed since the last time; all of them once a minute. The id comes
        with the last of them: who breaks off before is told all of them again."""
        ticket, board, now = self.ticket, self.board, time.monotonic()
        if now - self.told_all_at >= AGAIN_SECONDS:
            self.told, self.told_all_at = 0, now
        nodes = [node for node in ticket.targets if board.revision_of(node) > self.told]
        version = (board.revision, board.as_of)
        self.told = board.revision
        for place, node in enumerate(nodes, 1):
            told = _number(board, version, node, ticket.targets[node], ticket.language)
            yield told + (b"id: %d\n\n" % self.told if place == len(nodes) else b"\n")

    def _beat(self) -> bytes:
        """Nothing changed: as of when is that so?"""
        if self.board.as_of is None:
            return b": nothing has been counted yet\n\n"
        told = {"as_of": self.board.as_of, "shown": {"as_of": asdict(as_of(self.board.as_of))}}
        return b"event: as_of\ndata: " + orjson.dumps(told) + b"\n\n"


@lru_cache(maxsize=4096)
def _number(
    board: Board, _version: tuple[int, datetime | None], node: int, targets: Targets, language: str
) -> bytes:
    """An event without its end; encoded once for all who hear the same."""
    live = board.find(node, targets)
    assert live is not None  # it has a revision
    told = figures_of(live)
    if language:
        with translation.override(language):
            told["shown"] = {name: asdict(each) for name, each in shown_of(live).items()}
    return b"event: number\ndata: " + orjson.dumps(told) + b"\n"


def figures_of(live: Live) -> dict[str, Any]:
    """A number as the stream tells it: cents and counts exact, rates for showing."""
    return {
        "org": live.counted.code,
        "business_on": live.counted.business_on,
        "as_of": live.as_of,
        "net_cents": live.net_cents,
        "tickets": live.counted.tickets,
        "buyers": live.counted.buyers,
        "month_net_cents": live.month_cents,
        "target_cents": live.targets.day_cents,
        "month_target_cents": live.targets.month_cents,
        "expected_cents": live.expected_cents,
        "forecast": _forecast(live.forecast),
        "month_forecast": _forecast(live.month_forecast),
    }


def _forecast(forecast: Forecast | None) -> dict[str, int] | None:
    return None if forecast is None else asdict(forecast)


def _after(scope: Mapping[str, Any], asked: Mapping[str, list[str]]) -> int:
    """The id of the last event that came through; 0 where that is not known."""
    headers = dict(scope["headers"])
    last = headers.get(b"last-event-id", b"").decode("latin-1") or asked.get("after", [""])[0]
    return int(last) if last.isascii() and last.isdigit() else 0


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def refuse(send: Send, status: int, reason: str, retry_after: int | None = None) -> None:
    told = {"error": {"code": "no_stream", "message": reason, "field": None}}
    again = {} if retry_after is None else {"retry-after": str(retry_after)}
    await start(send, status, {"content-type": "application/json", **again})
    await send({"type": "http.response.body", "body": orjson.dumps(told)})


async def start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def give(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


@cache
def _board() -> Board:
    return Board(postgres_address("regulars streams"))
