"""The Segment HTTP API: `/v1/{identify,track,page,screen,group,alias,batch}`.

Source: the public HTTP tracking API reference of Segment. What is accepted is answered 200 and
stored as it came; what one event lacks is found by the loader, and stands in quarantine. So a
request is read through here and its events are counted and measured, but no event is taken apart.
"""

from base64 import b64decode
from typing import Any

import msgspec

from regulars.know.collect.door.keys import Senders
from regulars.know.collect.door.shelf import Arrival, Shelf
from regulars.know.collect.door.wire import GZIP_MAGIC, Answer, Refusal, Request, inflate

SENDERS = ("segment", "tracker")
TYPES = ("identify", "track", "page", "screen", "group", "alias")
MOST_BYTES = 500 * 1024
MOST_BYTES_AN_EVENT = 32 * 1024
MOST_EVENTS = 2_500
ACCEPTED = Answer(body=b'{"success":true}')


class Call(msgspec.Struct):
    """One event; what it says is for the loader."""

    writeKey: object = None  # noqa: N815 - the protocol's name


class Batch(Call):
    batch: list[msgspec.Raw] = []


_call, _batch = msgspec.json.Decoder(Call), msgspec.json.Decoder(Batch)


async def take(request: Request, senders: Senders, shelf: Shelf) -> Answer:
    """Raises Refusal: 400 for what is broken or too large, 401 for an unknown key."""
    what = request.path.removeprefix("/v1/").rstrip("/")
    if what != "batch" and what not in TYPES:
        raise Refusal(404, "there is no such call")
    if request.method != "POST":
        raise Refusal(405, "POST is what is taken here")
    text = request.body
    if request.headers.get("content-encoding", "").lower() == "gzip" or text[:2] == GZIP_MAGIC:
        text = inflate(text, MOST_BYTES)
    if len(text) > MOST_BYTES:
        raise Refusal(400, f"a request may have {MOST_BYTES} bytes")
    told = _read(text, _batch if what == "batch" else _call)
    sender = await senders.by_key(_key(request, told), SENDERS)
    count = _count(told, len(text))
    sender.spend(count)
    layout = {"type": what, "ip": request.ip}
    await shelf.put(Arrival(sender.code, "segment", text, layout, count))
    return ACCEPTED


def _read(text: bytes, decoder: msgspec.json.Decoder[Any]) -> Call:
    try:
        text.decode()
        told: Call = decoder.decode(text)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"this is no such call: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, f"broken JSON: {error}") from None
    except RecursionError:
        raise Refusal(400, "this is nested too deep") from None
    return told


def _count(told: Call, size: int) -> int:
    events = told.batch if isinstance(told, Batch) else None
    if events is None:
        if size > MOST_BYTES_AN_EVENT:
            raise Refusal(400, f"an event may have {MOST_BYTES_AN_EVENT} bytes")
        return 1
    if len(events) > MOST_EVENTS:
        raise Refusal(400, f"a batch may have {MOST_EVENTS} events")
    for place, length in enumerate(map(len, events)):
        if length > MOST_BYTES_AN_EVENT:
            raise Refusal(400, f"event {place} has more than {MOST_BYTES_AN_EVENT} bytes")
    return len(events)


def _key(request: Request, told: Call) -> str:
    """Basic with the key as the user, Bearer, or `writeKey` in the body."""
    how, _, given = request.headers.get("authorization", "").partition(" ")
    if how.lower() == "bearer":
        return given.strip()
    if how.lower() == "basic":
        try:
            return b64decode(given, validate=True).decode().partition(":")[0]
        except ValueError:
            raise Refusal(401, "the Authorization header is broken") from None
    return told.writeKey if isinstance(told.writeKey, str) else ""
