"""What has just happened opens leads and ends them: events and sales that were loaded, members who
entered a segment.

One process follows what is published (`python -m regulars.act.tasks`). An event of ours is dealt
with once: its handling is written in the transaction of the leads that it opens.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
from django.db import transaction

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import fires
from regulars.act.tasks.at_stores import open_by_events
from regulars.act.tasks.ending import end_by_events, end_by_sales
from regulars.act.tasks.making import open_leads
from regulars.act.tasks.models import Lead
from regulars.act.tasks.reading import TO_DO
from regulars.ground.jobs.models import Event, Handling
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.segments.service import list_entered

EVENTS, ENTERED, LOADED = "events.loaded", opportunities.ENTERED, "batch.loaded"
TOPICS = (EVENTS, ENTERED, LOADED)
LINES = "lines"
SUBSCRIBER = "tasks.triggering"
LOOKS_BACK = timedelta(hours=6)
"""What was published while nobody followed is made good, for so long: later it is no news."""
TOOK_TO_LOAD = timedelta(hours=24)
Happening = tuple[str, int, Mapping[str, Any]]
"""An event's name, the member, its properties."""


def missed() -> list[UUID]:
    """What was published of late and not dealt with, the oldest first."""
    since = clock.now() - LOOKS_BACK
    published = Event.objects.filter(topic__in=TOPICS, published_at__gt=since)
    waiting = published.exclude(handlings__subscriber=SUBSCRIBER)
    return list(waiting.order_by("published_at").values_list("pk", flat=True))


@transaction.atomic
def take_in(event_ids: Sequence[UUID]) -> int:
    """Open the leads that these events call for, and close those whose play waited for them; how
    many were opened. What was dealt with before is passed over."""
    events = list(Event.objects.filter(pk__in=event_ids, topic__in=TOPICS).order_by("pk"))
    fresh = [event for event in events if _is_fresh(event)]
    plays = [play for play in opportunities.running() if play.trigger]
    happenings = _happened(fresh, plays)
    end_by_events(_named(happenings))
    _end_by_sales([event.payload for event in fresh if event.topic == LOADED])
    at_stores = open_by_events(_done_at_stores(fresh, plays))
    return at_stores + open_for(happenings, [play for play in plays if not play.is_of_store])


def _end_by_sales(loads: Sequence[Mapping[str, Any]]) -> None:
    sales = [load for load in loads if load["kind"] == LINES]
    if any(load.get("places") is None for load in sales):
        end_by_sales(None)
    elif places := {_place(told) for load in sales for told in load["places"]}:
        end_by_sales(places)


def _place(told: Mapping[str, Any]) -> tuple[int, date]:
    return told["store"], date.fromisoformat(told["on"])


def _is_fresh(event: Event) -> bool:
    return Handling.objects.get_or_create(event=event, subscriber=SUBSCRIBER)[1]


def _happened(events: Sequence[Event], plays: Sequence[Play]) -> list[Happening]:
    found = [
        (ENTERED, member_id, {"segment": event.payload["segment"]})
        for event in events
        if event.topic == ENTERED and _is_awaited(event, plays)
        for member_id in _entered(event.payload["change"])
    ]
    batches = [b for event in events if event.topic == EVENTS for b in event.payload["batches"]]
    return found + _done(batches, plays)


def _is_awaited(event: Event, plays: Sequence[Play]) -> bool:
    told = {"segment": event.payload["segment"]}
    return any(fires(play.trigger, ENTERED, told) for play in plays)


def _entered(change: str) -> list[int]:
    return list(list_entered(change))


def _done(batches: Sequence[str], plays: Sequence[Play]) -> list[Happening]:
    awaited = {opportunities.awaited(play.trigger)[0] for play in plays}
    names = (awaited | _names_waited_for()) - {ENTERED}
    if not batches or not names:
        return []
    asked = {"batches": list(batches), "names": sorted(names)}
    asked["since"] = clock.now() - TOOK_TO_LOAD  # type: ignore[assignment]
    rows = query(named(__package__, "happened"), asked).to_pylist()
    return [(r["name"], r["member_id"], orjson.loads(r["properties"] or "{}")) for r in rows]


def _done_at_stores(events: Sequence[Event], plays: Sequence[Play]) -> list[Happening]:
    """The same of stores, for the plays that are theirs."""
    batches = [b for event in events if event.topic == EVENTS for b in event.payload["batches"]]
    names = {opportunities.awaited(play.trigger)[0] for play in plays if play.is_of_store}
    if not batches or not names:
        return []
    asked: dict[str, Any] = {"batches": batches, "names": sorted(names)}
    asked["since"] = clock.now() - TOOK_TO_LOAD
    rows = query(named(__package__, "happened_at_stores"), asked).to_pylist()
    return [(r["name"], r["store_id"], orjson.loads(r["properties"] or "{}")) for r in rows]


def _names_waited_for() -> set[str]:
    """The events that end a lead which is to do."""
    leads = Lead.objects.filter(state__in=TO_DO, play__outcome__kind="event")
    return set(leads.values_list("play__outcome__name", flat=True).distinct())


def _named(happenings: Iterable[Happening]) -> dict[int, set[str]]:
    did: defaultdict[int, set[str]] = defaultdict(set)
    for name, member_id, _properties in happenings:
        did[member_id].add(name)
    return did


def open_for(happenings: Sequence[Happening], plays: Sequence[Play]) -> int:
    """Leads of the plays that these fire, a member one: of the most urgent play; how many."""
    rows: list[dict[str, Any]] = []
    served: set[int] = set()
    for play in plays:
        fired = {
            member_id: name
            for name, member_id, properties in happenings
            if member_id not in served and fires(play.trigger, name, properties)
        }
        if not fired:
            continue
        for row in opportunities.triggered(play, sorted(fired)).to_pylist():
            served.add(row["member_id"])
            rows.append(_row(row, fired[row["member_id"]]))
    return open_leads(pa.Table.from_pylist(rows)).num_rows if rows else 0


def _row(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    facts = row["facts"]
    return {
        "play_id": row["play_id"],
        "member_id": row["member_id"],
        "store_id": row["store_id"],
        "value_cents": row["value_cents"],
        "facts": facts if isinstance(facts, str) else orjson.dumps(facts or {}).decode(),
        "reason": row.get("reason") or "",
        "source": "play",
        "source_id": name,
    }
