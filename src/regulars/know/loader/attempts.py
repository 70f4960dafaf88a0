"""What may go wrong with a batch, and how often it is tried again before it stands aside."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import DataError, IntegrityError

from regulars.ground.warehouse.service import WarehouseAway, WarehouseError
from regulars.know.collect.models import Batch

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
FAILURES = (WarehouseError, DataError, IntegrityError)


def tried(batches: Sequence[Batch], take_in: Callable[[Sequence[Batch]], None]) -> None:
    """Take these in as one; where that fails each by itself, so that one of them cannot hold up the
    rest. Raises the first of `FAILURES` that a batch by itself met, having noted it there."""
    if len(batches) > 1:
        try:
            take_in(batches)
        except WarehouseAway:
            raise
        except FAILURES as error:
            log.warning("%d batches are tried one by one: %s", len(batches), error)
        else:
            return
    for batch in batches:
        with _noted_on(batch):
            take_in([batch])


@contextmanager
def _noted_on(batch: Batch) -> Iterator[None]:
    """One of `FAILURES` that comes up inside is noted on the batch, and goes on; a warehouse that
    was away is no fault of the batch's."""
    try:
        yield
    except WarehouseAway:
        raise
    except FAILURES as error:
        batch.attempts += 1
        batch.error = str(error)
        if batch.attempts >= MOST_ATTEMPTS:
            batch.state = Batch.State.FAILED
        batch.save(update_fields=["attempts", "error", "state"])
        raise
