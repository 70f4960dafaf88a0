"""What arrives is stored in the sender's transaction, and the loader woken."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Count, Min, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from regulars.ground.kit import clock
from regulars.ground.kit.phones import sealed_text
from regulars.ground.kit.room import check_room
from regulars.know.collect.bodies import BATCH, EVENT_KINDS, SEGMENT
from regulars.know.collect.layouts import LAYOUTS, phone_columns
from regulars.know.collect.models import WAKE_CHANNEL, Batch, Reject
from regulars.know.collect.packing import packed

REJECTS_AT_ONCE = 2_000


def receive(kind: str, *, source: str, body: dict[str, Any]) -> Batch:
    """Take a request's records as they came: `{"records": [...]}` or `{"ids": [...]}`. Phones alone
    are sealed. Raises NoRoom when the disk is nearly full."""
    check_room()
    batch = Batch.objects.create(kind=kind, source=source, body=with_sealed_phones(kind, body))
    _wake_loader()
    return batch


def receive_events(body: bytes, *, source: str) -> Batch:
    """Take a batch of Segment's calls as the door takes it, sealed: {"batch": [...]}. Raises NoRoom
    when the disk is nearly full."""
    check_room()
    layout = {"type": BATCH, "bytes": len(body)}
    batch = Batch.objects.create(kind=SEGMENT, source=source, raw=packed(body), layout=layout)
    _wake_loader()
    return batch


def receive_file(
    kind: str,
    *,
    source: str,
    file: str,
    first_row: int,
    last_row: int,
    layout: dict[str, Any],
    import_id: int,
) -> Batch:
    """Take rows `first_row` up to but not including `last_row` (from 0) of an archived Parquet
    file, named from the data folder. `layout`: {"columns": {ours: theirs}, "constants":
    {ours: text}, "formats": {ours: strptime format}, "has_line_no": bool, "file_name": text}.

    Raises NoRoom when the disk is nearly full.
    """
    check_room()
    batch = Batch.objects.create(
        kind=kind,
        source=source,
        file=file,
        first_row=first_row,
        last_row=last_row,
        layout=layout,
        import_id=import_id,
    )
    _wake_loader()
    return batch


def receive_rejects(
    kind: str,
    *,
    source: str,
    layout: dict[str, Any],
    import_id: int,
    rejects: Sequence[Mapping[str, Any]],
) -> None:
    """Quarantine rows of a file that could not even be read, as a batch with nothing to load.

    Each has `line_no`, `column` (empty: the whole row), `reason`, `value` and `record`.
    """
    if not rejects:
        return
    batch = Batch.objects.create(
        kind=kind,
        source=source,
        layout=layout,
        import_id=import_id,
        state=Batch.State.LOADED,
        loaded_at=clock.now(),
        row_count=len(rejects),
        reject_count=len(rejects),
    )
    rows = (Reject(batch=batch, step="read", **reject) for reject in rejects)
    Reject.objects.bulk_create(rows, batch_size=REJECTS_AT_ONCE)


def list_waiting(limit: int) -> list[Batch]:
    """Batches not yet loaded, in the order of receipt; chosen by state, never by a last id. Those
    of events are for `list_waiting_events`."""
    return list(_waiting().exclude(kind__in=EVENT_KINDS)[:limit])


def list_waiting_events(limit: int, most_bytes: int) -> list[Batch]:
    """Batches of events not yet loaded, in the order of receipt: one, and as many more as together
    have no more than `most_bytes` as they came."""
    size = Cast(KeyTextTransform("bytes", "layout"), BigIntegerField())
    sizes = _waiting().filter(kind__in=EVENT_KINDS).values_list("id", size)[:limit]
    chosen: list[UUID] = []
    total = 0
    for batch_id, size in sizes:
        total += size or 0
        if chosen and total > most_bytes:
            break
        chosen.append(batch_id)
    return list(Batch.objects.filter(id__in=chosen).order_by("id"))


def _waiting() -> QuerySet[Batch]:
    return Batch.objects.filter(state=Batch.State.WAITING).order_by("id")


def retry(import_id: int) -> None:
    """Batches of an import that stand aside have another go: what kept them out may be mended."""
    aside = Batch.objects.filter(import_id=import_id, state=Batch.State.FAILED)
    if aside.update(state=Batch.State.WAITING, attempts=0, error=""):
        _wake_loader()


def get_backlog() -> dict[str, Any]:
    """`{"waiting": batches, "oldest_at": when the longest waiting was received or None}`."""
    waiting = Batch.objects.filter(state=Batch.State.WAITING)
    return waiting.aggregate(waiting=Count("id"), oldest_at=Min("received_at"))


def with_sealed_phones(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a request with the phones of its records sealed."""
    phones = phone_columns(LAYOUTS.get(kind, ()))
    if not phones or "records" not in body:
        return body
    sealed = [
        record | {name: sealed_text(record[name]) for name in phones if name in record}
        for record in body["records"]
    ]
    return body | {"records": sealed}


def _wake_loader() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [WAKE_CHANNEL])
