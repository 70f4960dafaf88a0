"""The inbox: store what was sent, in the sender's transaction, and wake the loader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Min, QuerySet

from regulars.ground.kit import clock
from regulars.ground.kit.phones import masked_text, sealed_text
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.collect.layouts import LAYOUTS, phone_columns
from regulars.know.collect.models import Batch, Reject

WAKE_CHANNEL = "regulars_inbox"
REJECTS_AT_ONCE = 2_000
KEPT_BY_REPLAYS = ("file_name",)


@dataclass(frozen=True)
class Freshness:
    """`version` grows with every change of the numbers; `as_of` is when it last did."""

    version: int
    as_of: datetime


def receive(kind: str, *, source: str, body: dict[str, Any]) -> Batch:
    """Take a request's records as they came: `{"records": [...]}` or `{"ids": [...]}`. Phones alone
    are sealed."""
    batch = Batch.objects.create(kind=kind, source=source, body=_with_sealed_phones(kind, body))
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
    {ours: text}, "formats": {ours: strptime format}, "has_line_no": bool, "file_name": text}."""
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
    """Batches not yet loaded, in the order of receipt; chosen by state, never by a last id."""
    return list(Batch.objects.filter(state=Batch.State.WAITING).order_by("id")[:limit])


def retry(import_id: int) -> None:
    """Batches of an import that stand aside have another go: what kept them out may be mended."""
    aside = Batch.objects.filter(import_id=import_id, state=Batch.State.FAILED)
    if aside.update(state=Batch.State.WAITING, attempts=0, error=""):
        _wake_loader()


def get_backlog() -> dict[str, Any]:
    """`{"waiting": batches, "oldest_at": when the longest waiting was received or None}`."""
    waiting = Batch.objects.filter(state=Batch.State.WAITING)
    return waiting.aggregate(waiting=Count("id"), oldest_at=Min("received_at"))


def schema() -> Statement:
    """This room's tables in the warehouse."""
    return Statement(named(__package__, "warehouse_schema"))


def refresh() -> Statement:
    """To be run with whatever changes the warehouse's numbers."""
    return Statement(named(__package__, "refresh"))


def get_freshness() -> Freshness:
    """What the warehouse's numbers stand on."""
    (row,) = query("FROM freshness").to_pylist()
    return Freshness(row["version"], row["as_of"])


def list_open_rejects() -> QuerySet[Reject]:
    """Quarantine: what could not go in and was neither mended nor dismissed."""
    return Reject.objects.filter(state=Reject.State.OPEN).select_related("batch").order_by("-id")


def dismiss_reject(reject: Reject) -> None:
    """Take a reject off the list; it stays on record."""
    Reject.objects.filter(pk=reject.pk).update(state=Reject.State.DISMISSED)


def get_shown_record(reject: Reject) -> dict[str, str]:
    """The refused record as it may be shown and mended: {column: text}, phones masked. Empty when
    it could not even be parted into columns."""
    original = _original(reject)
    return {name: masked_text(_text(value)) for name, value in original.items()}


def replay_reject(reject: Reject, mended: dict[str, Any]) -> Batch:
    """Send a mended record in again, as a batch of its own of the same kind and import.

    A value that comes back as `get_shown_record` shows it is the one that came: so a masked phone
    stays the phone it is.
    """
    original, shown = _original(reject), get_shown_record(reject)
    record = {
        name: original[name] if (value or "") == shown.get(name) else value
        for name, value in mended.items()
    }
    return _replay([(reject, record)])


def _replay(mended: Sequence[tuple[Reject, dict[str, Any]]]) -> Batch:
    """Records of one batch, or of one import and kind, under the lines on which they stood."""
    first = mended[0][0].batch
    records = [record | {"line_no": reject.line_no} for reject, record in mended]
    batch = receive(first.kind, source=first.source, body={"records": records})
    batch.import_id = first.import_id
    batch.layout = {name: first.layout[name] for name in KEPT_BY_REPLAYS if name in first.layout}
    batch.save(update_fields=["import_id", "layout"])
    for reject, _record in mended:
        of_line = Reject.objects.filter(batch_id=reject.batch_id, line_no=reject.line_no)
        of_line.filter(state=Reject.State.OPEN).update(state=Reject.State.REPLAYED)
    return batch


def _original(reject: Reject) -> dict[str, Any]:
    """The record by its columns, with the refused value where it stood."""
    names = [column.name for column in LAYOUTS.get(reject.batch.kind, ())]
    if not reject.record.keys() & set(names):
        return {}
    original = {name: reject.record.get(name) for name in names}
    if original.get(reject.column, "") is None:
        original[reject.column] = reject.value
    return original


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _with_sealed_phones(kind: str, body: dict[str, Any]) -> dict[str, Any]:
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
