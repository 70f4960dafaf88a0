"""Loaded batches go into a warehouse once more, in the order in which they were loaded.

Only facts do. Records whose home is Postgres are there, newer than any batch: the warehouse takes
them as they stand. Lines that were refused stay out, even where what they lacked has come since:
they stand in quarantine, or have been sent in again as a batch of their own. Nothing is announced.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice

import pyarrow as pa
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.progress import Progress, silent
from regulars.ground.kit.sql import named
from regulars.ground.org import service as org
from regulars.ground.warehouse.service import Statement, run
from regulars.know.catalog import service as catalog
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.events import service as events
from regulars.know.identities import service as identities
from regulars.know.identities.models import Move
from regulars.know.loader import dimensions, passes, roads
from regulars.know.loader.archive import with_contents
from regulars.know.loader.staging import Staging
from regulars.know.loader.together import together

AT_ONCE = 500
EVENTS, FACTS = "events", ("lines", "stock")
REFUSED = pa.schema([("batch_id", pa.string()), ("line_no", pa.int64())])


def take_dimensions() -> None:
    """Everything whose home is Postgres, as it stands there now."""
    staging = Staging(Batch())
    run(*dimensions.replaced(org.warehouse_tables() | catalog.warehouse_tables(), staging))
    for statements in dimensions.all_members_replaced(staging):
        run(*statements)
    run(*staging.dropped(), *identities.statements_for_all())


def stamp_persons_anew() -> None:
    """Events that stood in the warehouse before get the persons that they have now: it may have
    missed any of the changes that Postgres takes for told."""
    Move.objects.update(is_told=False)
    run(Statement("DELETE FROM persons_told"))
    while statements := identities.statements_for_changes():
        run(*statements)


def replay(batches: QuerySet[Batch], progress: Progress = silent) -> int:
    """Take these in; how many they were. Their chains are derived afterwards, by the caller."""
    ordered = batches.order_by("loaded_at", "id").defer("body", "raw")
    count, total = 0, batches.count()
    for part in _parts(ordered.iterator(AT_ONCE)):
        _replay_part(part)
        count += len(part)
        progress(_("Loading again"), count, total)
    return count


def _parts(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """What is opened together: the batches of a pass of events, or some of one kind."""
    for (kind, _at), group in groupby(batches, key=_way):
        size = passes.MOST_BATCHES if kind == EVENTS else AT_ONCE
        while part := list(islice(group, size)):
            yield part


def _way(batch: Batch) -> tuple[str, datetime | None]:
    is_event = batch.kind in collect.EVENT_KINDS
    return (EVENTS, batch.loaded_at) if is_event else (batch.records_kind, None)


def _replay_part(part: list[Batch]) -> None:
    kind, _at = _way(part[0])
    if kind == EVENTS:
        passes.decode(with_contents(part))
        run(*events.take_in(), *_sealed(part))
    elif kind in FACTS:
        for group in together(with_contents(part)):
            staging = Staging(*group, without=_refused(group))
            run(*roads.facts(staging), *_sealed(group), *staging.dropped())
    else:
        run(*_sealed(part))


def _refused(batches: Sequence[Batch]) -> pa.Table:
    ids = {"ids": [batch.pk for batch in batches]}
    return arrow_from_query(named(__package__, "replay_refused"), ids, REFUSED)


def _sealed(batches: Sequence[Batch]) -> list[Statement]:
    """They stand as they stood: what they refused was told then."""
    ids = [str(batch.pk) for batch in batches]
    facts = {
        "ids": ids,
        "loaded_at": [batch.loaded_at for batch in batches],
        "row_counts": [batch.row_count for batch in batches],
        "reject_counts": [batch.reject_count for batch in batches],
    }
    clear = "DELETE FROM loaded_batches WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    return [
        Statement("DELETE FROM batch_rejects"),
        Statement(clear, {"ids": ids}),
        Statement(named(__package__, "replay_seal"), facts),
    ]
