"""The event catalogue: what comes in, from where, how much, and what it carries; and what is
arriving at this moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.events.asking import ask, relation
from regulars.know.events.days import every_day, first_day, today

LISTED_DAYS = 90
LIVE_SECONDS, MOST_LIVE = 60, 40
MOST_SAMPLES = 5
Row = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One event of one source; `by_day` has a count for each of the last 30 days."""

    source: str
    event: str
    by_day: Mapping[date, int]
    last_at: datetime

    @property
    def events(self) -> int:
        return sum(self.by_day.values())


def list_events() -> list[Entry]:
    """Every event of the last 90 days, the most frequent of the last 30 first."""
    since = today() - timedelta(days=LISTED_DAYS)
    rows = query(named(__package__, "catalogue"), {"since": since}).to_pylist()
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row["source"], row["event"]].append(row)
    entries = [_entry(source, event, days) for (source, event), days in found.items()]
    return sorted(entries, key=lambda entry: (-entry.events, entry.source, entry.event))


def get_event(source: str, event: str) -> Entry:
    """Raises NotFound when it did not come in the last 90 days."""
    for entry in list_events():
        if (entry.source, entry.event) == (source, event):
            return entry
    raise NotFound(_("No event “%(event)s” came in the last 90 days.") % {"event": event})


def list_samples(source: str, event: str) -> list[Row]:
    """The latest records of an event of the last 30 days, as rows of `samples.sql`."""
    about = relation("one_name", source=source, event=event, since=first_day())
    return ask("samples", about, most=MOST_SAMPLES).to_pylist()  # type: ignore[no-any-return]


def list_arriving(find: str = "") -> list[Row]:
    """What was received in the last minute, the latest first, as rows of `samples.sql`."""
    since = clock.now() - timedelta(seconds=LIVE_SECONDS)
    about = relation("arriving", since=since, find=find)
    return ask("samples", about, most=MOST_LIVE).to_pylist()  # type: ignore[no-any-return]


def get_one(key: str) -> Row:
    """One event as a row of `samples.sql`. Raises NotFound."""
    rows: list[Row] = ask("samples", relation("one_event", key=key), most=1).to_pylist()
    if not rows:
        raise NotFound(_("This event is not there any more."))
    return rows[0]


def _entry(source: str, event: str, days: Sequence[Row]) -> Entry:
    by_day = {row["business_on"]: row["events"] for row in days}
    return Entry(source, event, every_day(by_day), max(row["last_at"] for row in days))
