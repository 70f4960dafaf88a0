"""Counting: which places a load touched, and what they have sold since the day began.

One process counts. What it has counted stands in Postgres under a revision; whoever shows numbers
is told the revision and reads them there.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection, transaction

from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.collect.service import get_backlog
from regulars.understand.live.courses import learn
from regulars.understand.live.models import CHANNEL, State

LOADED = "batch.loaded"
SWEEP_SECONDS = 60.0
"""So often all places are counted, touched or not: members that were merged, days that were mended,
and whatever was told while nobody heard it."""
BEAT_SECONDS = 5.0
"""So often at least it is said that the numbers still hold."""
MOVES_EVERYTHING = ("stores", "changed.org")


@dataclass(frozen=True)
class Touched:
    """The stores whose tickets changed; `is_all` where these are not known. `has_earlier`: also on
    days of the month before the open one. `is_history`: an import, of days gone by."""

    stores: frozenset[int] = frozenset()
    has_earlier: bool = False
    is_all: bool = False
    is_history: bool = False

    def __bool__(self) -> bool:
        return bool(self.stores) or self.is_all

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(
            self.stores | other.stores,
            self.has_earlier or other.has_earlier,
            self.is_all or other.is_all,
            self.is_history or other.is_history,
        )


EVERYTHING = Touched(is_all=True, has_earlier=True)


def touched_by(event_ids: Iterable[UUID], day: date) -> Touched:
    """What the events of these ids touched, as the numbers of the day see it."""
    touched = Touched()
    for payload in Event.objects.filter(pk__in=event_ids).values_list("payload", flat=True):
        touched |= _touched_by_load(payload, day)
    return touched


def _touched_by_load(payload: Mapping[str, Any], day: date) -> Touched:
    if payload["kind"] in MOVES_EVERYTHING:
        return EVERYTHING
    if payload["kind"] != "lines":
        return Touched()
    is_history = payload["import_id"] is not None
    if "places" not in payload:
        return Touched(is_all=True, has_earlier=True, is_history=is_history)
    places = [(each["store"], date.fromisoformat(each["on"])) for each in payload["places"]]
    of_month = {(store, on) for store, on in places if day.replace(day=1) <= on <= day}
    return Touched(
        stores=frozenset(store for store, _on in of_month),
        has_earlier=any(on < day for _store, on in of_month),
        is_history=is_history,
    )


@dataclass
class Counter:
    """What one counting process remembers between its passes."""

    day: date | None = None
    swept_at: float = field(default=-SWEEP_SECONDS)
    told_at: float = field(default=-BEAT_SECONDS)
    is_course_due: bool = True

    def keep_up(self, touched: Touched) -> int | None:
        """One pass: count what was touched, or all that is due. The revision that was told; None
        where there was nothing to tell. Raises WarehouseError, DatabaseError."""
        now, today = time.monotonic(), clock.today()
        if self.day != today or now - self.swept_at >= SWEEP_SECONDS:
            touched |= EVERYTHING
        self.is_course_due |= self.day != today or touched.is_history
        if not touched and not self.is_course_due and now - self.told_at < BEAT_SECONDS:
            return None
        revision = count(today, touched)
        self.day, self.told_at = today, now
        if touched.is_all:
            self.swept_at = now
        if self.is_course_due and not touched.is_history:
            learn(today)
            self.is_course_due = False
            revision = count(today, Touched())
        return revision


def count(day: date, touched: Touched) -> int:
    """Count the places above the touched stores and tell the revision; where nothing was touched,
    only that the numbers still hold."""
    as_of = _loaded_until()
    stores = None if touched.is_all else sorted(touched.stores)
    asked = {"day": day, "stores": stores}
    counts = query(named(__package__, "counts"), asked) if touched else None
    earlier = query(named(__package__, "earlier"), asked) if touched.has_earlier else None
    with transaction.atomic():
        return _save(day, as_of, counts, earlier)


def _loaded_until() -> datetime:
    """Everything received before this moment can be asked about. Looked up before anything is."""
    now = clock.now()
    oldest: datetime | None = get_backlog()["oldest_at"]
    return now if oldest is None else min(now, oldest)


def _save(day: date, as_of: datetime, counts: pa.Table | None, earlier: pa.Table | None) -> int:
    before = State.objects.filter(pk=1).values_list("revision", flat=True).first() or 0
    revision = before + 1
    with connection.cursor() as cursor:
        if counts is None or not _save_counts(cursor, day, revision, counts, earlier):
            revision = max(before, 1)
        told: dict[str, Any] = {"revision": revision, "day": day, "as_of": as_of}
        cursor.execute(named(__package__, "save_state"), told)
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(revision)])
    return revision


def _save_counts(
    cursor: Any, day: date, revision: int, counts: pa.Table, earlier: pa.Table | None
) -> int:
    """How many places have other numbers than before."""
    nodes = counts["node"].to_pylist()
    known = {} if earlier is None else dict(zip(*earlier.to_pydict().values(), strict=True))
    told: dict[str, Any] = {"day": day, "revision": revision, "has_earlier": earlier is not None}
    told |= {name: counts[name].to_pylist() for name in ("net_cents", "tickets", "buyers")}
    told |= {"nodes": nodes, "earlier_cents": [known.get(node) for node in nodes]}
    cursor.execute(named(__package__, "save"), told)
    return int(cursor.rowcount)
