"""Tell Postgres what the warehouse has taken in: rejects, outbox, and the inbox mark, in one
transaction under unique keys; then clear it from the warehouse. Safe to repeat at any point."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from regulars.ground.jobs.service import publish
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect.models import Batch
from regulars.know.loader.times import Step, note, timed


def announced(topic: str, batches: Sequence[Batch], **told: Any) -> Statement:
    """What is said of these batches once their facts are in: in the same transaction."""
    ids = [str(batch.id) for batch in batches]
    names = {"outbox_id": str(new_id()), "batch_id": ids[0], "topic": topic}
    payload = json.dumps({"batches": ids, **told})
    return Statement(named(__package__, "announce"), names | {"payload": payload})


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
        with transaction.atomic():
            _mark_loaded(payload["batches"], row["topic"], payload)
        _clear(payload["batches"], row["outbox_id"])


def _mark_loaded(batch_ids: list[str], topic: str, payload: dict[str, Any]) -> None:
    """The state changes once, and only that change is published."""
    copy_to_temporary_table("loaded", query(named(__package__, "loaded"), {"ids": batch_ids}))
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "mark_loaded"))
        count, waited, longest = cursor.fetchone() or (0, 0.0, 0.0)
    if count:
        note(Step.WAIT, count, waited, longest)
        _store_rejects(batch_ids)
        publish(topic, **payload)


def _store_rejects(batch_ids: list[str]) -> None:
    rejects = query(named(__package__, "rejects"), {"ids": batch_ids})
    if not rejects.num_rows:
        return
    copy_to_temporary_table("arriving_rejects", rejects)
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "store_rejects"))


def _clear(batch_ids: list[str], outbox_id: Any) -> None:
    rejects = "DELETE FROM batch_rejects WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    run(
        Statement(rejects, {"ids": batch_ids}),
        Statement("DELETE FROM outbox WHERE outbox_id = $outbox_id", {"outbox_id": outbox_id}),
    )
