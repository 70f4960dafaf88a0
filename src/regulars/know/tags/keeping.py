"""What there is to do now, so that every tag stands on the definitions, the facts and the day."""

import logging
import time
from functools import cache
from typing import Any

from django.db import connection

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.collect.service import get_backlog, get_freshness
from regulars.know.orders.service import is_derived
from regulars.know.tags.library import bring_library
from regulars.know.tags.registry import defined
from regulars.know.tags.statistics import note_statistics
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import state_of
from regulars.know.tags.touched import count_waiting, sweep, update_changed
from regulars.know.tags.whole import compute_all

log = logging.getLogger(__name__)
KEEPER = 0x7A65
"""The advisory lock of the one process that keeps the tags."""
FEW = 10_000
TOO_MANY = 0.2
"""The share of all members from which on it is cheaper to compute everybody."""
SMALL_SUBJECTS = (Subject.PRODUCT, Subject.STORE, Subject.STAFF)
SMALL_EVERY_SECONDS = 600.0

_small_stand_on: dict[Subject, tuple[int, float]] = {}


def keep_up() -> bool:
    """Do what is to be done now; whether there was anything. Nothing before the first records have
    come, or while these are still being chained: all of it would have to be done again."""
    if not is_derived() or (state_of(Subject.MEMBER) is None and get_backlog()["waiting"]):
        return False
    _bring_library_once()
    return any([_keep_members(), *map(_keep_small, SMALL_SUBJECTS)])


@cache
def _bring_library_once() -> None:
    bring_library()


def become_the_keeper() -> None:
    """One at a time: the lock goes with the connection."""
    if connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [KEEPER])


def let_go() -> None:
    """Leave the server: closed alone, a connection goes back to the pool with its lock."""
    connection.close()
    backend: Any = connection
    backend.close_pool()


def _keep_members() -> bool:
    told, state, day = defined(Subject.MEMBER), state_of(Subject.MEMBER), clock.today()
    is_other = state is None or state.digest != told.digest or state.as_of > day
    if is_other or state is None or _are_too_many(count_waiting()):
        _compute(Subject.MEMBER)
        return True
    if state.as_of != day:
        sweep(day)
        update_changed(day)
        note_statistics(Subject.MEMBER, [])
        return True
    return bool(update_changed(day))


def _are_too_many(waiting: int) -> bool:
    if waiting <= FEW:
        return False
    members = query(named(__package__, "count_members"))["n"][0].as_py()
    return bool(waiting > TOO_MANY * members)


def _keep_small(subject: Subject) -> bool:
    """Goods, places and staff are few: computed whole, from time to time while facts come in."""
    state, version = state_of(subject), get_freshness().version
    stood_on, at = _small_stand_on.get(subject, (-1, 0.0))
    is_due = version != stood_on and time.monotonic() - at > SMALL_EVERY_SECONDS
    is_other = state is None or state.digest != defined(subject).digest
    if not (is_other or is_due or (state and state.as_of != clock.today())):
        return False
    _compute(subject)
    _small_stand_on[subject] = get_freshness().version, time.monotonic()
    return True


def _compute(subject: Subject) -> None:
    began = time.monotonic()
    timings = compute_all(subject)
    note_statistics(subject, timings)
    took = time.monotonic() - began
    log.info("%d tags of %s computed in %.1f s", len(timings), CARRIERS[subject].table, took)
