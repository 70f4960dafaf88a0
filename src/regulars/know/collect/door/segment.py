"""The Segment HTTP API: `/v1/{identify,track,page,screen,group,alias,batch}`.

Source: the public HTTP tracking API reference of Segment. What is accepted is answered 200 and
stored as it came; what one event lacks is found by the loader, and stands in quarantine.
"""

from base64 import b64decode
from typing import Any

import orjson

from regulars.know.collect.door.keys import Senders
from regulars.know.collect.door.shelf import Arrival, Shelf
from regulars.know.collect.door.wire import Answer, Refusal, Request, inflate, parsed

SENDERS = ("segment", "tracker")
TYPES = ("identify", "track", "page", "screen", "group", "alias")
MOST_BYTES = 500 * 1024
MOST_BYTES_AN_EVENT = 32 * 1024
MOST_EVENTS = 2_500
ACCEPTED = Answer(body=b'{"success":true}')


async def take(request: Request, senders: Senders, shelf: Shelf) -> Answer:
    """Raises Refusal: 400 for what is broken or too large, 401 for an unknown key."""
    what = request.path.removeprefix("/v1/").rstrip("/")
    if what != "batch" and what not in TYPES:
        raise Refusal(404, "there is no such call")
    if request.method != "POST":
        raise Refusal(405, "POST is what is taken here")
    text = request.body
    if request.headers.get("content-encoding", "").lower() == "gzip" or text[:2] == b"\x1f\x8b":
        text = inflate(text, MOST_BYTES)
    if len(text) > MOST_BYTES:
        raise Refusal(400, f"a request may have {MOST_BYTES} bytes")
    told = parsed(text)
    if not isinstance(told, dict):
        raise Refusal(400, "a JSON object is what is taken here")
    sender = await senders.by_key(_key(request, told), SENDERS)
    events = _events(told, what, len(text))
    sender.spend(len(events))
    layout = {"type": what, "ip": request.ip}
    await shelf.put(Arrival(sender.code, "segment", text, layout, len(events)))
    return ACCEPTED


def _events(told: dict[str, Any], what: str, size: int) -> list[Any]:
    if what != "batch":
        if size > MOST_BYTES_AN_EVENT:
            raise Refusal(400, f"an event may have {MOST_BYTES_AN_EVENT} bytes")
        return [told]
    events = told.get("batch")
    if not isinstance(events, list):
        raise Refusal(400, "“batch” must be a list")
    if len(events) > MOST_EVENTS:
        raise Refusal(400, f"a batch may have {MOST_EVENTS} events")
    if size > MOST_BYTES_AN_EVENT:
        for place, event in enumerate(events):
            if len(orjson.dumps(event)) > MOST_BYTES_AN_EVENT:
                raise Refusal(400, f"event {place} has more than {MOST_BYTES_AN_EVENT} bytes")
    return events


def _key(request: Request, told: dict[str, Any]) -> str:
    """Basic with the key as the user, Bearer, or `writeKey` in the body."""
    how, _, given = request.headers.get("authorization", "").partition(" ")
    if how.lower() == "bearer":
        return given.strip()
    if how.lower() == "basic":
        try:
            return b64decode(given, validate=True).decode().partition(":")[0]
        except ValueError:
            raise Refusal(401, "the Authorization header is broken") from None
    key = told.get("writeKey")
    return key if isinstance(key, str) else ""
