"""What arrives is stored in the sender's transaction, and the loader woken."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, Min

from regulars.ground.kit import clock
from regulars.ground.kit.phones import sealed_text
from regulars.know.collect.layouts import LAYOUTS, phone_columns
from regulars.know.collect.models import Batch, Reject

WAKE_CHANNEL = "regulars_inbox"
REJECTS_AT_ONCE = 2_000


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
