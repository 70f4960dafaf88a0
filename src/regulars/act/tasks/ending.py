"""Leads that end by themselves: she bought, she did what the play waits for, its time is over."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import F, QuerySet

from regulars.act.tasks.models import Lead
from regulars.act.tasks.noting import What, put_all_down, tell
from regulars.act.tasks.reading import TO_DO
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.asking import ask, staged
from regulars.ground.warehouse.service import query

WAITING = pa.schema(
    [
        ("lead_id", pa.int64()),
        ("member_id", pa.int64()),
        ("opened_on", pa.date32()),
        ("opened_at", pa.timestamp("us", "UTC")),
        ("category", pa.string()),
        ("window_days", pa.int64()),
    ]
)
ANYWHERE = {"stores": None, "since": date.min, "until": date.max}
ENDING = pa.schema([("lead_id", pa.int64()), ("result", pa.string()), ("ticket_no", pa.string())])


def end_by_sales(places: Iterable[tuple[int, date]] | None) -> int:
    """Close the leads whose member bought what their play waits for, at these stores and days
    (None: anywhere, any day), since the lead was opened and within its window; how many."""
    where = None if places is None else _where(places)
    members = None if where is None else _buyers(where)
    asked = {"members": members}
    waiting = arrow_from_query(named(__package__, "waiting_for_sales"), asked, WAITING)
    if not waiting.num_rows:
        return 0
    # Where a deployment stands still sales come at hours that are long past: the day alone counts.
    told = {"is_still": chain().as_of is not None, **(where or ANYWHERE)}
    with staged(waiting) as table:
        return end(ask(__package__, "bought", told, waiting=table).cast(ENDING))


def _where(places: Iterable[tuple[int, date]]) -> dict[str, Any]:
    stores, days = zip(*places, strict=True)
    return {"stores": sorted(set(stores)), "since": min(days), "until": max(days)}


def _buyers(where: Mapping[str, Any]) -> list[int]:
    found: list[int] = query(named(__package__, "buyers"), where)["member_id"].to_pylist()
    return found


def end_by_events(did: Mapping[int, set[str]]) -> int:
    """Close the leads whose play waits for an event that the member did (member id: names of
    events just in); how many."""
    leads = Lead.objects.filter(
        member_id__in=list(did), state__in=TO_DO, play__outcome__kind="event"
    ).values_list("pk", "member_id", "play__outcome")
    ending = [
        {"lead_id": pk, "result": str(Lead.Result.FINISHED), "ticket_no": ""}
        for pk, member_id, outcome in leads
        if outcome["name"] in did[member_id or 0]
    ]
    return end(pa.Table.from_pylist(ending, schema=ENDING))


def end(ending: pa.Table) -> int:
    """Close these leads, as `ENDING` has them, in one statement and with one event; how many
    were still to do."""
    if not ending.num_rows:
        return 0
    copy_to_temporary_table("tasks_ending", ending)
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "end"), {"now": clock.now()})
        found = cursor.fetchall()
    if found:
        stores = sorted({store for _pk, store in found})
        publish("lead.closed", lead_ids=[pk for pk, _store in found], store_ids=stores)
    return len(found)


def lapse(on: date) -> int:
    """Leads about members that nobody worked on in time, some days after their day; how many."""
    before = on - timedelta(days=chain().lapse_days)
    late = Lead.objects.filter(member_id__isnull=False, due_on__lt=before)
    return let_go(late, Lead.State.LAPSED, "lapsed")


def let_go(leads: QuerySet[Lead], state: str, why: str) -> int:
    """Close those of these leads that are to do, for a reason of the system's own; how many."""
    found = list(leads.filter(state__in=TO_DO).select_for_update(of=("self",)).order_by("pk"))
    ids = [lead.pk for lead in found]
    Lead.objects.filter(pk__in=ids).update(
        state=state, closed_at=clock.now(), version=F("version") + 1
    )
    put_all_down(ids, What.CLOSED, None, why=why, by="itself")
    tell("lead.closed", found)
    return len(ids)
