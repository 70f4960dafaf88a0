"""Carry waiting batches into Postgres and the warehouse, each exactly once.

Facts, rejects, the batch's id and its outbox row are one warehouse transaction; Postgres is told
after it, under unique keys. A batch whose id stands in the warehouse is never loaded again.
"""

import logging
import time
from collections.abc import Sequence
from itertools import chain

import pyarrow as pa
from django.db import transaction

from regulars.ground.warehouse.service import Statement, rehearse, run
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.loader import drain, passes, roads, schema, times
from regulars.know.loader.attempts import FAILURES, tried
from regulars.know.loader.ledger import not_in_warehouse
from regulars.know.loader.locks import PASS, held
from regulars.know.loader.staging import Staging
from regulars.know.loader.times import Step, timed
from regulars.know.loader.together import together
from regulars.know.orders import service as orders

__all__ = ["FAILURES", "check", "load", "load_waiting", "prepare"]

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200


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
        for group in together(batches):
            with held(PASS):
                load(*group)
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


def load(*batches: Batch) -> None:
    """Load batches that go in `together`. Raises as `tried` does."""
    began = time.monotonic()
    if new := not_in_warehouse(batches):
        tried(new, _take_in)
    drain.drain()
    took = time.monotonic() - began
    kind, first = batches[0].kind, batches[0].id
    log.info("%d of %s loaded in %.2f s, the first %s", len(batches), kind, took, first)


def _take_in(batches: Sequence[Batch]) -> None:
    staging = Staging(*batches)
    with timed(Step.LOAD) as loading:
        run(*roads.statements(staging))
        loading.count = sum(count for _batch, count in staging.row_counts)


def check(*batches: Batch) -> pa.Table:
    """What loading these one after the other would reject (batch_id, line_no, step, column,
    reason, value, record); leaves no trace."""
    sql = "SELECT * FROM batch_rejects WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    rejects = Statement(sql, {"ids": [str(batch.id) for batch in batches]})
    stagings = [Staging(batch) for batch in batches]
    try:
        with transaction.atomic():
            planned = [roads.statements(staging) for staging in stagings]
            found = rehearse(*chain.from_iterable(planned), rejects)
            transaction.set_rollback(True)
    finally:
        run(*chain.from_iterable(staging.dropped() for staging in stagings))
    return found
