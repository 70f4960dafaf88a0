"""The stream of leads, `GET /api/v1/leads/stream?ticket=…`: a bare ASGI app without a database.

Server-sent events. `leads` says what happened to which leads of one store; its `what` is "reload"
where the list is to be looked at again: at the beginning, and whenever something may have been
missed. A stream ends after a quarter of an hour: who comes back is looked at anew.
"""

import asyncio
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from regulars.act.tasks.crier import AGAIN, Crier, Ear
from regulars.act.tasks.tickets import LeadTicket, read_lead_ticket
from regulars.ground.kit.postgres_address import postgres_address
from regulars.web.api.streams import HEADERS, Receive, Send, give, gone, refuse, start
from regulars.web.parts.live_leads import STREAM

MOST_PHONES = 12_000
READY_SECONDS = 5.0
BEAT_SECONDS = 25.0
LIFE_SECONDS = 900.0
OPENED = b"retry: 2000\n\n" + AGAIN
BEAT = b":\n\n"


def is_lead_stream(scope: Mapping[str, Any]) -> bool:
    """Whether a request brings a ticket; without one it is Django's, which gives tickets out."""
    return scope["path"] == STREAM and b"ticket=" in scope.get("query_string", b"")


async def lead_stream(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer one phone until it goes."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    ticket = read_lead_ticket(asked["ticket"][0]) if "ticket" in asked else None
    if scope["method"] != "GET":
        return await refuse(send, 405, "GET is what is answered here")
    if ticket is None:
        return await refuse(send, 403, "the ticket is not valid (any more)")
    crier = _crier()
    if crier.phones >= MOST_PHONES:
        return await refuse(send, 503, "too many phones are open", retry_after=30)
    try:
        async with asyncio.timeout(READY_SECONDS):
            await crier.ready()
    except TimeoutError:
        return await refuse(send, 503, "leads cannot be told of just now", retry_after=5)
    await start(send, 200, HEADERS)
    return await _tell(crier, ticket, receive, send)


async def _tell(crier: Crier, ticket: LeadTicket, receive: Receive, send: Send) -> None:
    ends_at = time.monotonic() + LIFE_SECONDS
    with crier.hearing(ticket) as ear:
        left = asyncio.ensure_future(gone(receive))
        left.add_done_callback(lambda _: ear.wake())
        try:
            await give(send, OPENED)
            while not left.done() and time.monotonic() < ends_at:
                await _news_within(ear, BEAT_SECONDS)
                if not left.done():
                    await give(send, ear.taken() or BEAT)
            if not left.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            left.cancel()


async def _news_within(ear: Ear, seconds: float) -> None:
    """Until there is something to tell, or nothing has been told for a while."""
    if ear.news:
        return
    loop = asyncio.get_running_loop()
    ear.waiting = loop.create_future()
    timer = loop.call_later(seconds, ear.wake)
    try:
        await ear.waiting
    finally:
        timer.cancel()
        ear.waiting = None


@cache
def _crier() -> Crier:
    return Crier(postgres_address("regulars leads"))
