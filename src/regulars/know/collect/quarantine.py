"""Quarantine: what could not go in waits here until it is mended, sent again, or dismissed.

Whoever sends a record in again takes it first: of two at once only one does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.phones import masked_text
from regulars.know.collect.bodies import EVENT_KINDS, SEGMENT
from regulars.know.collect.inbox import receive
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.collect.models import Batch, Reject

OPEN = Reject.State.OPEN
AWAITED = ("unknown_store", "unknown_node", "unknown_staff", "unknown_member", "unknown_product")
"""Reasons that pass when the missing thing arrives: the record itself is right."""
KEPT_BY_REPLAYS = ("file_name",)
RECORDS_A_BATCH = 20_000
FIELDS = {"kind": "batch__kind", "source": "batch__source", "reason": "reason"}
EVENT_FIELDS = (
    "type", "event", "name", "userId", "anonymousId", "timestamp", "messageId",
    "properties", "traits", "context",
)  # fmt: skip
"""A refused event is shown, mended and sent again in Segment's form, whatever it came in."""
NESTED = ("properties", "traits", "context")
OF_SENSORS = {"time": "timestamp", "distinct_id": "anonymousId"}


@dataclass(frozen=True)
class Awaited:
    """How many records of one import (None: sent by the API) and kind wait for the same reason."""

    import_id: int | None
    kind: str
    reason: str
    count: int


def list_open_rejects() -> QuerySet[Reject]:
    """What could not go in and was neither mended nor dismissed, the latest first."""
    return Reject.objects.filter(state=OPEN).select_related("batch").order_by("-id")


def narrowed(rejects: QuerySet[Reject], **wanted: str) -> QuerySet[Reject]:
    """Those of a `kind`, a `source`, a `reason`; what is not wanted is left out or empty."""
    chosen = {FIELDS[name]: value for name, value in wanted.items() if value}
    return rejects.filter(**chosen)


def list_choices(rejects: QuerySet[Reject]) -> dict[str, list[str]]:
    """By what `rejects` can be narrowed: {"kind": […], "source": […], "reason": […]}."""
    return {
        name: list(rejects.order_by(field).values_list(field, flat=True).distinct())
        for name, field in FIELDS.items()
    }


def list_awaited() -> list[Awaited]:
    """What could be sent in again as it came, once what it names exists; the most first."""
    waiting = Reject.objects.filter(state=OPEN, reason__in=AWAITED)
    grouped = waiting.values_list("batch__import_id", "batch__kind", "reason").order_by()
    return [Awaited(*group) for group in grouped.annotate(n=Count("pk")).order_by("-n", "reason")]


def list_awaiting(import_id: int | None, kind: str, reason: str) -> QuerySet[Reject]:
    """The records of one `Awaited`. Raises UserError for a reason that does not pass by itself."""
    if reason not in AWAITED:
        raise UserError(_("Records that are wrong themselves are mended one by one."))
    rejects = list_open_rejects().filter(batch__kind=kind, reason=reason)
    return rejects.filter(batch__import_id=import_id)


def dismiss_reject(reject: Reject) -> None:
    """Take a reject off the list; it stays on record."""
    Reject.objects.filter(pk=reject.pk, state=OPEN).update(state=Reject.State.DISMISSED)


def get_shown_record(reject: Reject) -> dict[str, str]:
    """The refused record as it may be shown and mended: {column: text}, phones masked. Empty when
    it could not even be parted into columns."""
    original = _original(reject)
    return {name: masked_text(_text(value)) for name, value in original.items()}


@transaction.atomic
def replay_reject(reject: Reject, mended: dict[str, Any]) -> Batch:
    """Send a mended record in again, as a batch of its own of the same kind and import.

    A value that comes back as `get_shown_record` shows it is the one that came: so a masked phone
    stays the phone it is. Raises NotFound when someone else took the record meanwhile, UserError
    where a part of an event is not JSON.
    """
    original, shown = _original(reject), get_shown_record(reject)
    if not original:
        raise UserError(_("Nothing can be read from what came: it cannot be mended here."))
    record = {
        name: original[name] if (value or "") == shown.get(name) else _mended(name, value)
        for name, value in mended.items()
    }
    taken = _taken(Reject.objects.filter(pk=reject.pk))
    if not taken:
        raise NotFound(_("This record has left the quarantine already."))
    return _sent([(taken[0], record)])


@transaction.atomic
def replay_rejects(rejects: QuerySet[Reject]) -> list[Batch]:
    """Send records in again as they came, under the lines on which they stood.

    They make one batch for each file (of the API: for each request), cut where it is too long.
    """
    taken = _taken(rejects)
    return [
        _sent([(reject, _original(reject)) for reject in part])
        for _file, group in groupby(sorted(taken, key=_place), key=_whence)
        for part in _cut(list(group))
    ]


def _taken(rejects: QuerySet[Reject]) -> list[Reject]:
    """Those still open, one a line, marked as replayed with all else that is wrong with it."""
    open_ones = rejects.filter(state=OPEN).order_by("pk").select_for_update(of=("self",))
    lines = {
        (reject.batch_id, reject.line_no): reject for reject in open_ones.select_related("batch")
    }
    chosen = Reject.objects.filter(pk__in=[reject.pk for reject in lines.values()])
    same_line = chosen.filter(batch_id=OuterRef("batch_id"), line_no=OuterRef("line_no"))
    alike = Reject.objects.filter(Exists(same_line), state=OPEN)
    alike.update(state=Reject.State.REPLAYED)
    return list(lines.values())


def _whence(reject: Reject) -> tuple[int, str]:
    """In which file of which import its line was counted, or in which request."""
    batch = reject.batch
    if batch.import_id is None:
        return 0, str(batch.pk)
    return batch.import_id, batch.layout.get("file_name", "")


def _place(reject: Reject) -> tuple[Any, ...]:
    return *_whence(reject), reject.line_no


def _cut(rejects: Sequence[Reject]) -> Iterable[Sequence[Reject]]:
    """Parts for a batch each; a request stays whole, since its orders do."""
    size = RECORDS_A_BATCH if rejects[0].batch.import_id else len(rejects)
    return (rejects[start : start + size] for start in range(0, len(rejects), size))


def _sent(mended: Sequence[tuple[Reject, dict[str, Any]]]) -> Batch:
    """Records of one file or request, under the lines on which they stood."""
    first = mended[0][0].batch
    records = [record | {"line_no": reject.line_no} for reject, record in mended]
    kind = SEGMENT if first.kind in EVENT_KINDS else first.records_kind
    batch = receive(kind, source=first.source, body={"records": records})
    batch.import_id = first.import_id
    batch.layout = {name: first.layout[name] for name in KEPT_BY_REPLAYS if name in first.layout}
    batch.save(update_fields=["import_id", "layout"])
    return batch


def _original(reject: Reject) -> dict[str, Any]:
    """The record by its columns, with the refused value where it stood."""
    kind = reject.batch.records_kind
    is_event = kind in EVENT_KINDS
    names = EVENT_FIELDS if is_event else [column.name for column in LAYOUTS.get(kind, ())]
    if not reject.record.keys() & set(names):
        return {}
    original = {name: reject.record.get(name) for name in names}
    column = OF_SENSORS.get(reject.column, reject.column) if is_event else reject.column
    if original.get(column, "") is None:
        original[column] = reject.value
    return original


def _mended(name: str, value: Any) -> Any:
    if name not in NESTED or not value:
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        raise UserError(_("“%(name)s” is not JSON.") % {"name": name}, field=name) from None


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return "" if value is None else str(value)
