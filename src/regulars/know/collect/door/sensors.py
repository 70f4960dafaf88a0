"""The Sensors Analytics (神策) wire protocol: `/sa`, `/sa.gif`, `/debug`.

Source: what the public SDKs send. A client counts any answer as success and forgets what it sent,
so the body is stored first, undecoded; `/debug` alone looks into it before it answers.
"""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qsl

import orjson

from regulars.know.collect.door.keys import Senders
from regulars.know.collect.door.shelf import Arrival, Shelf
from regulars.know.collect.door.wire import GZIP_MAGIC, Answer, Refusal, Request, inflate, parsed

MOST_BYTES = 2 * 2**20
MOST_UNPACKED_BYTES = 16 * 2**20
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
PICTURE, ACCEPTED = Answer(body=GIF, content_type="image/gif"), Answer(body=b"{}")


async def take(request: Request, senders: Senders, shelf: Shelf) -> Answer:
    """Raises Refusal: 401 for an unknown project or token, 413 for what is too large; on `/debug`
    400 saying what is wrong with the data."""
    query = request.query
    sender = await senders.by_project(query.get("project", "default"), query.get("token", ""))
    form = form_of(request)
    records = None
    if request.path.startswith("/debug"):
        records = decoded(form)
        if request.headers.get("dry-run", "").lower() == "true":
            return ACCEPTED
    events = len(records) if records is not None else 1
    sender.spend(events)
    layout = {"ip": request.ip}
    await shelf.put(Arrival(sender.code, "sensors", orjson.dumps(form), layout, events))
    return PICTURE if request.path.startswith("/sa.gif") else ACCEPTED


def form_of(request: Request) -> dict[str, str]:
    """`data` or `data_list` with what stands beside it, whatever the Content-Type says."""
    if request.method == "GET":
        return dict(request.query)
    text = request.body.decode("utf-8", errors="replace")
    return {**request.query, **dict(parse_qsl(text, keep_blank_values=True))}


def form_in(stored: bytes) -> dict[str, Any]:
    """The form as `take` stored it. Raises Refusal(400) for what is none."""
    form = parsed(stored)
    if not isinstance(form, dict):
        raise Refusal(400, "this is no form")
    return form


def decoded(form: dict[str, Any]) -> list[Any]:
    """The records of a form. Raises Refusal(400) saying at which step it breaks."""
    told = parsed(content_of(form))
    return told if isinstance(told, list) else [told]


def content_of(form: dict[str, Any]) -> bytes:
    """What a form carries, JSON as a rule: base64, and gzip where it says or shows so.

    Raises Refusal(400) saying at which step it breaks.
    """
    packed = form.get("data_list") or form.get("data")
    if not isinstance(packed, str) or not packed:
        raise Refusal(400, "neither “data” nor “data_list” is given")
    try:
        content = b64decode(packed.replace(" ", "+"), validate=True)
    except ValueError as error:
        raise Refusal(400, f"the base64 is broken: {error}") from None
    if form.get("gzip") in ("1", 1) or content[:2] == GZIP_MAGIC:
        content = inflate(content, MOST_UNPACKED_BYTES)
    return content
