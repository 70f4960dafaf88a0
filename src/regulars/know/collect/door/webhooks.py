"""Signed webhooks in, by Standard Webhooks 1.0: `POST /hooks/{source}`.

The source's settings name the layout of its records; a delivery holds `{"records": [...]}`, a list,
or one record. The same delivery, sent again, is stored again and changes nothing: records go in by
their own ids.
"""

import hashlib
import hmac
import time
from base64 import b64decode, b64encode

from regulars.know.collect.door.keys import Sender, Senders
from regulars.know.collect.door.shelf import Arrival, Shelf
from regulars.know.collect.door.wire import Answer, Refusal, Request, parsed
from regulars.know.collect.sources import SECRET_PREFIX

TOLERANCE_SECONDS = 300
VERSION = "v1,"
ACCEPTED = Answer(body=b'{"success":true}')


async def take(request: Request, senders: Senders, shelf: Shelf) -> Answer:
    """Raises Refusal: 401 for a signature that does not fit or is too old, 400 for broken JSON."""
    if request.method != "POST":
        raise Refusal(405, "POST is what is taken here")
    sender = await senders.by_code(request.path.removeprefix("/hooks/").rstrip("/"), "webhook")
    verify(request, sender)
    told = parsed(request.body)
    records = told.get("records", [told]) if isinstance(told, dict) else told
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise Refusal(400, "records are what is taken here: JSON objects")
    sender.spend(len(records))
    layout = {
        "kind": sender.settings.get("kind", "lines"),
        "webhook_id": request.headers["webhook-id"],
        "ip": request.ip,
    }
    await shelf.put(Arrival(sender.code, "webhook", request.body, layout, len(records)))
    return ACCEPTED


def verify(request: Request, sender: Sender) -> None:
    """Raises Refusal(401). Compared in constant time."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, timestamp, signatures = (request.headers.get(name, "") for name in names)
    if not (message_id and timestamp and signatures):
        raise Refusal(401, f"a delivery carries {', '.join(names)}")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Refusal(401, "the timestamp is too far from now", source=sender.code)
    signed = f"{message_id}.{timestamp}.".encode() + request.body
    key = b64decode(sender.secret.removeprefix(SECRET_PREFIX))
    wanted = VERSION + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    fits = [hmac.compare_digest(each.encode(), wanted.encode()) for each in signatures.split()]
    if not any(fits):
        raise Refusal(401, "no signature fits", source=sender.code)
