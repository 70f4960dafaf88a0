"""Leads that end by themselves: she bought, she did what the play waits for, its time is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa
from django.db import connection
from django.db.models import F, QuerySet

from regulars.act.tasks.models import Lead
from regulars.act.tasks.noting import What, put_all_down, tell
from regulars.act.tasks.reading import TO_DO
from regulars.act.tasks.rules import outcome_matches
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query

WAITING = pa.schema(
    [
        ("lead_id", pa.int64()),
        ("member_id", pa.int64()),
        ("opened_on", pa.date32()),
        ("opened_at", pa.timestamp("us", "UTC")),
        ("outcome", pa.string()),
        ("window_days", pa.int64()),
    ]
)
ENDING = pa.schema([("lead_id", pa.int64()), ("result", pa.string()), ("ticket_no", pa.string())])
Row = Mapping[str, Any]


def end_by_sales(places: Iterable[tuple[int, date]] | None) -> int:
    """Close the leads whose member bought what their play waits for, at these stores and days
    (None: anywhere, any day), since the lead was opened and within its window; how many."""
    waiting = arrow_from_query(named(__package__, "waiting_for_sales"), {}, WAITING)
    if not waiting.num_rows:
        return 0
    since = min(waiting["opened_on"].to_pylist())
    stores, days = None, None
    if places is not None:
        told = list(places)
        stores, days = sorted({store for store, _on in told}), {on for _store, on in told}
        if not told or max(days) < since:
            return 0
    asked = {
        "members": list(set(waiting["member_id"].to_pylist())),
        "stores": stores,
        "since": max(since, min(days)) if days else since,
    }
    bought = query(named(__package__, "bought"), asked).to_pylist()
    return end(_ended_by(bought, waiting.to_pylist()))


def _ended_by(bought: Sequence[Row], waiting: Sequence[Row]) -> list[dict[str, Any]]:
    """The first ticket of each lead that ends it."""
    of_member: dict[int, list[Row]] = {}
    for ticket in bought:
        of_member.setdefault(ticket["member_id"], []).append(ticket)
    ending = []
    for lead in waiting:
        outcome = orjson.loads(lead["outcome"])
        for ticket in of_member.get(lead["member_id"], ()):
            names = [name for name in ticket["categories"] if name]
            if _is_within(ticket, lead) and outcome_matches(outcome, "purchase", names):
                ending.append({
                    "lead_id": lead["lead_id"],
                    "result": str(Lead.Result.BOUGHT),
                    "ticket_no": ticket["order_no"] or "",
                })  # fmt: skip
                break
    return ending


def _is_within(ticket: Row, lead: Row) -> bool:
    """Since the lead was opened and within the window. A deployment that stands still has its
    sales at hours that are long past: there the day alone counts."""
    last_on = lead["opened_on"] + timedelta(days=lead["window_days"])
    if not lead["opened_on"] <= ticket["business_on"] <= last_on:
        return False
    if ticket["business_on"] > lead["opened_on"] or chain().as_of:
        return True
    sold_at: datetime | None = ticket["sold_at"]
    return sold_at is not None and sold_at >= lead["opened_at"]


def end_by_events(did: Mapping[int, set[str]]) -> int:
    """Close the leads whose play waits for an event that the member did (member id: names of
    events just in); how many."""
    leads = Lead.objects.filter(
        member_id__in=list(did), state__in=TO_DO, play__outcome__kind="event"
    ).values_list("pk", "member_id", "play__outcome")
    ending = [
        {"lead_id": pk, "result": str(Lead.Result.FINISHED), "ticket_no": ""}
        for pk, member_id, outcome in leads
        if outcome_matches(outcome, "event", sorted(did[member_id or 0]))
    ]
    return end(ending)


def end(ending: Sequence[Mapping[str, Any]]) -> int:
    """Close these leads, as `ENDING` has them, in one statement and with one event; how many
    were still to do."""
    if not ending:
        return 0
    rows = pa.Table.from_pylist([dict(each) for each in ending], schema=ENDING)
    copy_to_temporary_table("tasks_ending", rows)
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
