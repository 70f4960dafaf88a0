"""What was kept as it came, without a person who is to be forgotten: inbox, archive, quarantine,
imported files.

A stand-in takes the place of what identified her, so that a warehouse made again from the archive
holds the same numbers. Safe to repeat at any point.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.ids import new_id
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch, Reject
from regulars.know.collect.packing import packed
from regulars.know.identities import service as identities
from regulars.know.identities.service import ABOUT_MEMBERS, KEPT_OF_A_MEMBER, Traces
from regulars.know.loader import archive
from regulars.know.loader.locks import ARCHIVE, held

MEMBER_ID = "member_id"
NAMES_MEMBERS = ("members", "children", "relations", "lines")


def rewrite_kept(forgetting_id: int) -> None:
    """Rewrite all that mentions a forgotten person; nothing when that was done."""
    forgetting = identities.get_forgetting(forgetting_id)
    traces = identities.traces_of(forgetting)
    if traces is None:
        return
    with held(ARCHIVE):
        _rewrite_inbox(traces)
        for path in archive.list_files():
            _rewrite_archived(path, traces)
    for path, columns in _imported():
        _rewrite_imported(path, columns, traces)
    _rewrite_rejects(traces)
    identities.mark_done(forgetting)


def cleaned(batch: Batch, traces: Traces) -> bool:
    """Take her out of a batch with its contents; whether she was in it."""
    before = (batch.body, batch.raw)
    if batch.raw:
        _clean_raw(batch, traces)
    if batch.body and "records" in batch.body:
        kind = batch.kind
        rows = [_cleaned_row(kind, row, traces) for row in batch.records]
        batch.body = batch.body | {"records": [row for row in rows if row is not None]}
    return (batch.body, batch.raw) != before


def _cleaned_row(kind: str, row: Any, traces: Traces) -> Any:
    if kind in collect.EVENT_KINDS or not isinstance(row, dict):
        return traces.cleaned(row)
    return traces.cleaned_record(kind, row)


def _clean_raw(batch: Batch, traces: Traces) -> None:
    """The body as it came, when she is in it: the same form, made anew."""
    if batch.kind == "webhook":
        rows = collect.records_of(batch)
        kept = [_cleaned_row(batch.records_kind, row, traces) for row in rows]
        if kept != rows:
            kept = [row for row in kept if row is not None]
            batch.raw = packed(orjson.dumps({"records": kept}))
        return
    body = collect.body_of(batch)
    if body.fault is not None:
        return
    told = orjson.loads(body.text)
    kept = traces.cleaned(told)
    if kept == told:
        return
    if batch.kind == "segment":
        for call in kept["batch"]:
            if isinstance(call, dict):
                call.setdefault("type", body.what)
        batch.layout = batch.layout | {"type": "batch"}
        batch.raw = packed(orjson.dumps(kept))
    else:
        data = base64.b64encode(orjson.dumps(kept)).decode()
        batch.raw = packed(orjson.dumps({"data_list": data}))


def _rewrite_inbox(traces: Traces) -> None:
    for batch in Batch.objects.filter(archive="").exclude(body=None, raw=None).iterator(200):
        if _may_mention(batch, traces) and cleaned(batch, traces):
            batch.save(update_fields=["body", "raw", "layout"])


def _rewrite_archived(path: Path, traces: Traces) -> None:
    batches = {str(batch.pk): batch for batch in archive.batches_of(path)}
    changed = {
        id_: batch
        for id_, batch in batches.items()
        if _may_mention(batch, traces) and cleaned(batch, traces)
    }
    if not changed:
        return
    rows = [
        row if row["id"] not in changed else row | _contents(changed[row["id"]])
        for row in pq.read_table(path).to_pylist()
    ]
    archive.rewrite(path, pa.Table.from_pylist(rows, archive.SCHEMA))


def _contents(batch: Batch) -> dict[str, Any]:
    return {
        "body": None if batch.body is None else orjson.dumps(batch.body).decode(),
        "raw": None if batch.raw is None else bytes(batch.raw),
        "layout": orjson.dumps(batch.layout).decode(),
    }


def _may_mention(batch: Batch, traces: Traces) -> bool:
    """Bodies tell at a glance; what came at the door is opened where her events came from it, or
    while it stands in the inbox."""
    if str(batch.pk) in traces.batches or batch.kind == "webhook":
        return True
    if batch.raw:
        return not batch.archive and batch.state == Batch.State.WAITING
    return batch.body is not None and traces.is_in(orjson.dumps(batch.body).decode())


def _rewrite_rejects(traces: Traces) -> None:
    for reject in Reject.objects.select_related("batch").iterator(500):
        text = orjson.dumps([reject.record, reject.value]).decode()
        if str(reject.batch_id) not in traces.batches and not traces.is_in(text):
            continue
        kept = _cleaned_row(reject.batch.records_kind, reject.record, traces)
        reject.record, reject.value = kept or {}, traces.cleaned(reject.value)
        reject.save(update_fields=["record", "value"])


def _imported() -> Iterator[tuple[Path, dict[str, str]]]:
    """Each imported file that names members, with what its columns are: {theirs: ours}."""
    seen = set()
    for file, kind, layout in (
        Batch.objects.filter(kind__in=NAMES_MEMBERS)
        .exclude(file="")
        .values_list("file", "kind", "layout")
        .order_by("file")
        .iterator()
    ):
        path = data_dir() / file
        if file in seen or not path.exists():
            continue
        seen.add(file)
        theirs = {name: ours for ours, name in layout.get("columns", {}).items()}
        names = {name: theirs.get(name, name) for name in pq.read_schema(path).names}
        if kind in ABOUT_MEMBERS:
            yield path, names
        else:
            yield path, {name: MEMBER_ID for name, ours in names.items() if ours == MEMBER_ID}


def _rewrite_imported(path: Path, columns: dict[str, str], traces: Traces) -> None:
    theirs = next((name for name, ours in columns.items() if ours == MEMBER_ID), None)
    if theirs is None:
        return
    file = pq.ParquetFile(path)
    wanted = pa.array(list(traces.names), pa.string())

    def is_hers(rows: pa.Table) -> pa.ChunkedArray:
        return pc.fill_null(pc.is_in(pc.cast(rows[theirs], pa.string()), wanted), False)

    groups = range(file.num_row_groups)
    if not any(pc.any(is_hers(file.read_row_group(group, [theirs]))).as_py() for group in groups):
        return
    with _in_place_of(path) as out:
        writer = None
        for group in groups:
            rows = file.read_row_group(group)
            hers = is_hers(rows)
            for place, name in enumerate(rows.column_names):
                if name == theirs:
                    rows = rows.set_column(place, name, _renamed(rows[name], traces))
                elif name in columns and columns[name] not in KEPT_OF_A_MEMBER:
                    nothing = pa.scalar(None, rows[name].type)
                    rows = rows.set_column(place, name, pc.if_else(hers, nothing, rows[name]))
            writer = writer or pq.ParquetWriter(out, rows.schema, compression="zstd")
            writer.write_table(rows)
        if writer:
            writer.close()


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A file beside this one, which takes its place when it stands on the disk whole."""
    beside = path.with_suffix(f".{new_id().hex}.partial")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _renamed(codes: pa.ChunkedArray, traces: Traces) -> pa.ChunkedArray:
    codes = pc.cast(codes, pa.string())
    for code, stand_in in traces.names.items():
        codes = pc.if_else(pc.fill_null(pc.equal(codes, code), False), stand_in, codes)
    return codes
