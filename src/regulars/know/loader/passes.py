"""Batches of events, many at a time: decoded, told apart, resolved and taken in as one pass.

What a pass works on lies on the warehouse's desk, in memory: a pass that was killed leaves nothing.
Identities are committed in Postgres before the events go in; the same pass, run again, finds them.
"""

import logging
import time
from collections.abc import Sequence

import pyarrow as pa
from django.db import transaction

from regulars.ground.warehouse.service import run, stage
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.events import service as events
from regulars.know.identities import service as identities
from regulars.know.loader.attempts import tried
from regulars.know.loader.drain import announced
from regulars.know.loader.ledger import not_in_warehouse
from regulars.know.loader.times import Step, timed

log = logging.getLogger(__name__)
MOST_BATCHES = 2_000
MOST_BYTES = 24 * 2**20


def load_events() -> int:
    """Take in what waits, one pass of it; how many batches that were. Raises as `tried` does."""
    batches = collect.list_waiting_events(MOST_BATCHES, MOST_BYTES)
    if not batches:
        return 0
    began = time.monotonic()
    tried(batches, _take_in)
    log.debug("%d batches of events loaded in %.2f s", len(batches), time.monotonic() - began)
    return len(batches)


def _take_in(batches: Sequence[Batch]) -> None:
    new = not_in_warehouse(batches)
    if not new:
        return
    count = decode(new)
    with timed(Step.TAKE_IN, count):
        announcement = announced("events.loaded", new)
        run(*events.take_in(), *identities.statements_for_changes(), announcement)


def decode(batches: Sequence[Batch]) -> int:
    """Bring the events of these batches to the warehouse's desk, each with its person; how many
    events, good and bad."""
    with timed(Step.OPEN, len(batches)):
        bodies = _bodies(batches)
    with timed(Step.DECODE) as decoding:
        stage("desk.arriving_bodies", bodies)
        count = decoding.count = int(run(*events.decode())["n"][0].as_py())
    with timed(Step.DEDUPLICATE, count):
        seen = run(*events.tell_apart())
    with timed(Step.RESOLVE, len(seen)), transaction.atomic():
        persons = identities.resolve(seen)
    stage("desk.arriving_persons", persons)
    return count


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
