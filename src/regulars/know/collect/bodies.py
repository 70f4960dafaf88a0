"""What came in at the door, opened: the text that the loader decodes, or why there is none."""

from dataclasses import dataclass

import orjson

from regulars.know.collect.door.sensors import content_of, form_in
from regulars.know.collect.door.wire import Refusal
from regulars.know.collect.models import Batch
from regulars.know.collect.packing import unpacked

SEGMENT, SENSORS = "segment", "sensors"
EVENT_KINDS = (SEGMENT, SENSORS)
BATCH = "batch"


@dataclass(frozen=True)
class Body:
    """`text` is JSON: of Segment an object with a `batch`, of Sensors an array of records. `what`
    is the type that a single call's address gave it. `fault`: column, reason and value, by tabs."""

    what: str
    text: str
    fault: str | None = None


def body_of(batch: Batch) -> Body:
    """A body that nothing can be read from has a fault and no text."""
    try:
        if batch.kind == SEGMENT:
            what = batch.layout.get("type", BATCH)
            content = _content(batch)
            return Body(what, (content if what == BATCH else b'{"batch":[%b]}' % content).decode())
        content = _content(batch)
        is_one = content.lstrip()[:1] == b"{"
        return Body(BATCH, (b"[%b]" % content if is_one else content).decode())
    except Refusal as refusal:
        return Body(BATCH, "", f"\tbroken_body\t{refusal.reason}")
    except UnicodeDecodeError:
        return Body(BATCH, "", "\tbroken_body\tthis is not UTF-8")


def records_of(batch: Batch) -> list[object]:
    """The records of a signed webhook; checked at the door."""
    told = orjson.loads(unpacked(bytes(batch.raw or b"")))
    return list(told.get("records", [told]) if isinstance(told, dict) else told)


def _content(batch: Batch) -> bytes:
    """The JSON that came; of records that were mended in quarantine, the same shape anew."""
    if batch.raw:
        raw = unpacked(bytes(batch.raw))
        return raw if batch.kind == SEGMENT else content_of(form_in(raw))
    return orjson.dumps({"batch": batch.records} if batch.kind == SEGMENT else batch.records)
