"""Tell Postgres what the warehouse has taken in: rejects, outbox, and the inbox mark, in one
transaction under unique keys; then clear it from the warehouse. Safe to repeat at any point."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from regulars.ground.jobs.service import publish
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect.models import Batch
from regulars.know.loader.times import Step, note, timed


def announced(topic: str, batches: Sequence[Batch], by: str = "announce", **told: Any) -> Statement:
    """What is said of these batches once their facts are in: in the same transaction. The query
    `by` may have more to say than is `told`."""
    ids = [str(batch.id) for batch in batches]
    names = {"outbox_id": str(new_id()), "batch_id": ids[0], "topic": topic}
    payload = json.dumps({"batches": ids, **told})
    return Statement(named(__package__, by), names | {"payload": payload})


def drain() -> int:
    """Drain all that stands there; how many rows of the outbox that were."""
    outbox = query("FROM outbox").to_pylist()
    if not outbox:
        return 0
    with timed(Step.DRAIN, len(outbox)):
        _drain(outbox)
    return len(outbox)


def _drain(outbox: Sequence[Mapping[str, Any]]) -> None:
    for row in outbox:
        payload = json.loads(row["payload"])
        ids = {"ids": payload["batches"]}
        loaded = query(named(__package__, "loaded"), ids)
        rejects = query(named(__package__, "rejects"), ids) if _has_rejects(loaded) else None
        with transaction.atomic():
            if _mark_loaded(loaded):
                if rejects is not None:
                    _store(rejects)
                publish(row["topic"], **payload)
        _clear(row["outbox_id"], ids if rejects is not None else None)


def _has_rejects(loaded: pa.Table) -> bool:
    return any(loaded["reject_count"].to_pylist())


def _mark_loaded(loaded: pa.Table) -> int:
    """The state changes once, and only that change is published; how many changed."""
    copy_to_temporary_table("loaded", loaded)
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "mark_loaded"))
        count, waited, longest = cursor.fetchone() or (0, 0.0, 0.0)
    if count:
        note(Step.WAIT, count, waited, longest)
    return int(count)


def _store(rejects: pa.Table) -> None:
    copy_to_temporary_table("arriving_rejects", rejects)
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "store_rejects"))


def _clear(outbox_id: Any, rejected: Mapping[str, Any] | None) -> None:
    rejects = "DELETE FROM batch_rejects WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    told = Statement("DELETE FROM outbox WHERE outbox_id = $outbox_id", {"outbox_id": outbox_id})
    run(told, *([Statement(rejects, rejected)] if rejected else []))
