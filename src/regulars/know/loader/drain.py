"""Tell Postgres what the warehouse has taken in: rejects, outbox, and the inbox mark, in one
transaction under unique keys; then clear it from the warehouse. Safe to repeat at any point."""

import json
from typing import Any

from django.db import connection, transaction

from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect.models import Batch


def drain() -> int:
    """Drain all that stands there; how many batches that were."""
    batches = query("FROM outbox JOIN loaded_batches USING (batch_id)").to_pylist()
    for batch in batches:
        with transaction.atomic():
            _mark_loaded(batch)
        _clear(batch)
    return len(batches)


def _mark_loaded(loaded: dict[str, Any]) -> None:
    """The state changes once, and only that change is published."""
    changed = Batch.objects.filter(pk=loaded["batch_id"]).exclude(state=Batch.State.LOADED)
    is_new = changed.update(
        state=Batch.State.LOADED,
        loaded_at=clock.now(),
        row_count=loaded["row_count"],
        reject_count=loaded["reject_count"],
        error="",
    )
    if is_new:
        _store_rejects(loaded["batch_id"])
        publish(loaded["topic"], **json.loads(loaded["payload"]))


def _store_rejects(batch_id: Any) -> None:
    rejects = query(named(__package__, "rejects"), {"batch_id": batch_id})
    if not rejects.num_rows:
        return
    copy_to_temporary_table("arriving_rejects", rejects)
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "store_rejects"))


def _clear(loaded: dict[str, Any]) -> None:
    parameters = {"batch_id": loaded["batch_id"]}
    run(
        Statement("DELETE FROM batch_rejects WHERE batch_id = $batch_id", parameters),
        Statement("DELETE FROM outbox WHERE batch_id = $batch_id", parameters),
    )
