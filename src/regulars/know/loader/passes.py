"""Batches of events, many at a time: decoded, told apart, resolved and taken in as one pass.

What a pass works on lies on the warehouse's desk, in memory: a pass that was killed leaves nothing.
Identities are committed in Postgres before the events go in; the same pass, run again, finds them.
"""

import json
import logging
import time
from collections.abc import Sequence

import pyarrow as pa
from django.db import transaction

from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, WarehouseAway, query, run, stage
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.events import service as events
from regulars.know.identities import service as identities
from regulars.know.loader.attempts import FAILURES, noted_on
from regulars.know.loader.ledger import not_in_warehouse
from regulars.know.loader.times import Step, timed

log = logging.getLogger(__name__)
MOST_BATCHES = 2_000
MOST_BYTES = 24 * 2**20


def load_events() -> int:
    """Take in what waits, one pass of it; how many batches that were. A pass that fails is tried
    again batch by batch, so that one of them cannot hold up the rest: raises the first of
    `FAILURES` that a batch of its own met, having noted it there."""
    batches = collect.list_waiting_events(MOST_BATCHES, MOST_BYTES)
    if not batches:
        return 0
    began = time.monotonic()
    try:
        _take_in(batches)
    except WarehouseAway:
        raise  # no fault of any batch's
    except FAILURES:
        for batch in batches:
            _take_in_alone(batch)
    log.debug("%d batches of events loaded in %.2f s", len(batches), time.monotonic() - began)
    return len(batches)


def _take_in_alone(batch: Batch) -> None:
    with noted_on(batch):
        _take_in([batch])


def _take_in(batches: Sequence[Batch]) -> None:
    new = not_in_warehouse(batches)
    if not new:
        return
    decode(new)
    with timed(Step.TAKE_IN, events.count_arriving()):
        run(*events.take_in(), *identities.statements_for_changes(), _announced(new))


def decode(batches: Sequence[Batch]) -> None:
    """Bring the events of these batches to the warehouse's desk, each with its person."""
    with timed(Step.OPEN, len(batches)):
        bodies = _bodies(batches)
    with timed(Step.DECODE) as decoding:
        stage("desk.arriving_bodies", bodies)
        for statement in events.decode():
            run(statement)  # rows have their numbers for good only after a commit
        decoding.count = events.count_arriving()
    with timed(Step.DEDUPLICATE, decoding.count):
        for statement in events.tell_apart():
            run(statement)
    seen = query(events.sightings().sql)
    with timed(Step.RESOLVE, len(seen)), transaction.atomic():
        persons = identities.resolve(seen)
    stage("desk.arriving_persons", persons)


def _bodies(batches: Sequence[Batch]) -> pa.Table:
    bodies = [collect.body_of(batch) for batch in batches]
    columns = [
        [str(batch.id) for batch in batches],
        [batch.source for batch in batches],
        [batch.kind for batch in batches],
        [batch.received_at for batch in batches],
        [body.what for body in bodies],
        [body.text for body in bodies],
        [body.fault for body in bodies],
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, events.BODIES, strict=True)]
    return pa.table(arrays, schema=events.BODIES)


def _announced(batches: Sequence[Batch]) -> Statement:
    told = {"batches": [str(batch.id) for batch in batches]}
    return Statement(
        named(__package__, "announce_pass"),
        {"outbox_id": str(new_id()), "batch_id": told["batches"][0], "payload": json.dumps(told)},
    )
