"""Carry waiting batches into Postgres and the warehouse, each exactly once.

Facts, rejects, the batch's id and its outbox row are one warehouse transaction; Postgres is told
after it, under unique keys. A batch whose id stands in the warehouse is never loaded again.
"""

import logging
import time

import pyarrow as pa
from django.db import transaction

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, WarehouseError, query, rehearse, run
from regulars.know.collect.models import Batch
from regulars.know.collect.service import list_waiting
from regulars.know.loader import drain, roads
from regulars.know.orders import service as orders

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100
MOST_ATTEMPTS = 3


def prepare() -> None:
    """Make the warehouse's tables, and tell Postgres what an earlier loader no longer could."""
    run(
        Statement(named("regulars.know.collect", "warehouse_schema")),
        Statement(named("regulars.ground.org", "warehouse_schema")),
        Statement(named("regulars.know.catalog", "warehouse_schema")),
        Statement(named("regulars.know.members", "warehouse_schema")),
        *orders.schema(),
    )
    drain.drain()


def load_waiting() -> int:
    """Load all that waits, then derive what follows from it; how many batches there were."""
    count = 0
    while batches := list_waiting(MOST_AT_ONCE):
        for batch in batches:
            load(batch)
        count += len(batches)
    if orders.derive():
        log.info("chains derived")
    return count


def load(batch: Batch) -> None:
    """Load one batch. A batch that fails three times stands aside, with its error."""
    began = time.monotonic()
    try:
        if not _is_in_warehouse(batch):
            run(*roads.statements(batch))
    except WarehouseError as error:
        _put_aside(batch, error)
        return
    drain.drain()
    log.info("batch %s %s loaded in %.2f s", batch.kind, batch.id, time.monotonic() - began)


def check(batch: Batch) -> pa.Table:
    """What loading would reject (line_no, step, column, reason, value, record); leaves no trace."""
    sql = "SELECT * EXCLUDE (batch_id) FROM batch_rejects WHERE batch_id = $batch_id"
    rejects = Statement(sql, {"batch_id": str(batch.id)})
    with transaction.atomic():
        found = rehearse(*roads.statements(batch), rejects)
        transaction.set_rollback(True)
    return found


def _is_in_warehouse(batch: Batch) -> bool:
    sql = "SELECT count(*) AS known FROM loaded_batches WHERE batch_id = $batch_id"
    return bool(query(sql, {"batch_id": str(batch.id)}).column("known")[0].as_py())


def _put_aside(batch: Batch, error: Exception) -> None:
    batch.attempts += 1
    batch.error = str(error)
    if batch.attempts >= MOST_ATTEMPTS:
        batch.state = Batch.State.FAILED
    batch.save(update_fields=["attempts", "error", "state"])
    log.error("batch %s %s failed (%d): %s", batch.kind, batch.id, batch.attempts, error)
