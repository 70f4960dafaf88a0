"""What there is to do now, so that every tag stands on the definitions, the facts and the day."""

import logging
import time
from datetime import date, timedelta
from functools import cache

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.collect.service import get_backlog, get_freshness
from regulars.know.orders.service import is_derived
from regulars.know.tags.library import bring_library
from regulars.know.tags.manual import bring_manual
from regulars.know.tags.predictions.running import (
    last_fitted_at,
    models_asked,
    models_due,
    run_models,
)
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.statistics import note_statistics
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import State, state_of
from regulars.know.tags.touched import count_waiting, sweep, update_changed
from regulars.know.tags.whole import compute_all

log = logging.getLogger(__name__)
KEEPER = 0x7A65
"""The advisory lock of the one process that keeps the tags."""
FEW = 10_000
TOO_MANY = 0.2
"""The share of all members from which on it is cheaper to compute everybody."""
SMALL_SUBJECTS = (Subject.PRODUCT, Subject.STORE, Subject.STAFF)
SMALL_EVERY = timedelta(minutes=10)


def keep_up(*, with_small: bool = True) -> bool:
    """Do what is to be done now, for goods, places and staff too where `with_small`; whether there
    was anything. Nothing before the first records have come, or while these are still being
    chained: all of it would have to be done again."""
    if not is_derived() or (state_of(Subject.MEMBER) is None and get_backlog()["waiting"]):
        return False
    _bring_library_once()
    small = SMALL_SUBJECTS if with_small else ()
    return any([bring_manual(), _keep_members(), *map(_keep_small, small)])


@cache
def _bring_library_once() -> None:
    bring_library()


def _keep_members() -> bool:
    told, state, day = defined(Subject.MEMBER), state_of(Subject.MEMBER), clock.today()
    is_other = state is None or state.digest != told.digest or state.as_of > day
    is_other = _keep_models(told, state, day) or is_other
    if is_other or state is None or _are_too_many(count_waiting()):
        _compute(Subject.MEMBER)
        return True
    if state.as_of != day:
        sweep(day)
        note_statistics(Subject.MEMBER, [])
        return True
    return bool(update_changed(day))


def _keep_models(told: Defined, state: State | None, day: date) -> bool:
    """Fit the models that are due: all for a warehouse that was made anew. Whether tags stand on
    an earlier fit."""
    asked = models_asked(told.columns.stored)
    due = models_due(asked, day) if state else list(asked)
    run_models(asked, due, day)
    fitted_at = last_fitted_at(asked)
    return bool(state and fitted_at and fitted_at > state.computed_at)


def _are_too_many(waiting: int) -> bool:
    if waiting <= FEW:
        return False
    members = query(named(__package__, "count_members"))["n"][0].as_py()
    return bool(waiting > TOO_MANY * members)


def _keep_small(subject: Subject) -> bool:
    """Goods, places and staff are few: computed whole, from time to time while facts come in."""
    state = state_of(subject)
    if state and not _is_due(state, defined(subject)):
        return False
    _compute(subject)
    return True


def _is_due(state: State, told: Defined) -> bool:
    if state.digest != told.digest or state.as_of != clock.today():
        return True
    has_new_facts = get_freshness().as_of > state.computed_at
    return has_new_facts and clock.now() - state.computed_at > SMALL_EVERY


def _compute(subject: Subject) -> None:
    began = time.monotonic()
    timings = compute_all(subject)
    note_statistics(subject, timings)
    took = time.monotonic() - began
    log.info("%d tags of %s computed in %.1f s", len(timings), CARRIERS[subject].table, took)
