"""Carry waiting batches into Postgres and the warehouse, each exactly once.

Facts, rejects, the batch's id and its outbox row are one warehouse transaction; Postgres is told
after it, under unique keys. A batch whose id stands in the warehouse is never loaded again.
"""

import logging
import time
from itertools import chain

import pyarrow as pa
from django.db import transaction

from regulars.ground.warehouse.service import Statement, rehearse, run
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.loader import drain, passes, roads, schema, times
from regulars.know.loader.attempts import FAILURES, noted_on
from regulars.know.loader.ledger import not_in_warehouse
from regulars.know.loader.locks import PASS, held
from regulars.know.loader.staging import Staging
from regulars.know.loader.times import Step, timed
from regulars.know.orders import service as orders

__all__ = ["FAILURES", "check", "load", "load_waiting", "prepare"]

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100


def prepare() -> None:
    """Make the warehouse's tables, and tell Postgres what an earlier loader no longer could."""
    schema.make()
    drain.drain()


def load_waiting() -> int:
    """Load all that waits, in the order of receipt, then derive what follows; how many batches.

    A batch may stand on an earlier one, so a failure ends the pass: it raises one of `FAILURES`,
    and the next pass begins with the same batch, which stands aside after three attempts.
    """
    count = 0
    while True:
        batches = collect.list_waiting(MOST_AT_ONCE)
        for batch in batches:
            with held(PASS):
                load(batch)
        with held(PASS):
            found = len(batches) + passes.load_events()
            drain.drain()
            times.save()
        if not found:
            break
        count += found
    with held(PASS):
        with timed(Step.DERIVE) as deriving:
            deriving.count = int(orders.derive())
        if deriving.count:
            log.info("chains derived")
            times.save()
    return count


def load(batch: Batch) -> None:
    """Load one batch. Raises one of `FAILURES`, having noted it on the batch; a warehouse that was
    away is not the batch's fault."""
    began = time.monotonic()
    if not_in_warehouse([batch]):
        staging = Staging(batch)
        with noted_on(batch), timed(Step.LOAD) as loading:
            run(*roads.statements(batch, staging))
            loading.count = staging.row_count
    drain.drain()
    log.info("batch %s %s loaded in %.2f s", batch.kind, batch.id, time.monotonic() - began)


def check(*batches: Batch) -> pa.Table:
    """What loading these one after the other would reject (batch_id, line_no, step, column,
    reason, value, record); leaves no trace."""
    sql = "SELECT * FROM batch_rejects WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    rejects = Statement(sql, {"ids": [str(batch.id) for batch in batches]})
    stagings = [Staging(batch) for batch in batches]
    try:
        with transaction.atomic():
            planned = [roads.statements(*each) for each in zip(batches, stagings, strict=True)]
            found = rehearse(*chain.from_iterable(planned), rejects)
            transaction.set_rollback(True)
    finally:
        run(*chain.from_iterable(staging.dropped() for staging in stagings))
    return found
