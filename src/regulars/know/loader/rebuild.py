"""The warehouse made again from what came in, and the two stores brought together again."""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from regulars.ground.kit.progress import Progress, silent
from regulars.ground.kit.sql import named
from regulars.ground.warehouse import service as warehouse
from regulars.ground.warehouse.service import Statement, WarehouseError, run
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.loader import archive, drain, schema
from regulars.know.loader.ledger import Apart, find_difference
from regulars.know.loader.locks import PASS, held
from regulars.know.loader.replay import replay, stamp_persons_anew, take_dimensions
from regulars.know.orders import service as orders

log = logging.getLogger(__name__)
APART = "stores_apart"
BROUGHT_SOMETHING = ~Q(archive="") | Q(raw__isnull=False) | Q(body__isnull=False) | ~Q(file="")


def rebuild(progress: Progress = silent) -> int:
    """Make the warehouse again in a file beside it, which then takes its place; how many batches
    it holds. Loading goes on meanwhile, and waits only while the last batches are taken over."""
    warehouse.begin_anew()
    with warehouse.making_anew():
        schema.make()
        take_dimensions()
        count = replay(_loaded(), progress)
        orders.derive_all()
    with held(PASS):
        _drain_what_can_be()
        with warehouse.making_anew():
            count += _catch_up()
            run(Statement(named(__package__, "replay_freshness")))
        warehouse.put_in_place()
    return count


def mend() -> bool:
    """Bring the stores together again where one was restored, lost or broken without the other;
    whether there was anything to mend. What only the archive knows is received once more."""
    with held(PASS):
        drain.drain()
        apart = find_difference()
        if apart is None:
            collect.note_end_of(APART)
            return False
        collect.note_trouble(APART)
        log.warning("the stores are apart: %s", apart)
        if apart.can_be_added:
            take_dimensions()
            replay(_loaded().filter(pk__in=apart.lacking))
            stamp_persons_anew()
            orders.derive_all()
    if not apart.can_be_added:
        if apart.unheard_of:
            log.warning("%d batches come again from the archive", receive_again())
        rebuild()
    collect.note_end_of(APART)
    return True


def receive_again() -> int:
    """Receive what stands in the archive and the inbox knows nothing of; how many batches.

    Imports that they belonged to are gone with the inbox they came through, and their numbers will
    be given again: they go by the negative of it, so that nobody is taken for them.
    """
    count = 0
    for path in archive.list_files():
        unknown = _unknown(list(archive.batches_of(path)))
        with transaction.atomic():
            arrived = {batch.pk: batch.received_at for batch in unknown}
            Batch.objects.bulk_create(unknown, ignore_conflicts=True)
            for batch in unknown:  # Django writes the moment of its own
                batch.received_at = arrived[batch.pk]
            Batch.objects.bulk_update(unknown, ["received_at"], batch_size=500)
        count += len(unknown)
    return count


def _unknown(batches: Sequence[Batch]) -> list[Batch]:
    ids = [batch.pk for batch in batches]
    known: set[UUID] = set(Batch.objects.filter(pk__in=ids).values_list("pk", flat=True))
    unknown = [batch for batch in batches if batch.pk not in known]
    for batch in unknown:
        batch.import_id = batch.import_id and -abs(batch.import_id)
    return unknown


def _loaded() -> QuerySet[Batch]:
    return Batch.objects.filter(BROUGHT_SOMETHING, state=Batch.State.LOADED)


def _catch_up() -> int:
    """What was loaded while the new file was made, and what was changed in Postgres."""
    apart = find_difference() or Apart()
    count = 0
    if apart.lacking or apart.is_empty:
        take_dimensions()
        missing = _loaded() if apart.is_empty else _loaded().filter(pk__in=apart.lacking)
        count = replay(missing)
        orders.derive_all()
    return count


def _drain_what_can_be() -> None:
    """Rejects and events of the old warehouse that Postgres was not told of yet. Where it can no
    longer be read their batches still wait, and are simply loaded again."""
    try:
        drain.drain()
    except WarehouseError as error:
        log.warning("nothing more to be had from the old warehouse: %s", error)
