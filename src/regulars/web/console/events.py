"""The event catalogue: what comes in, from where, how much, and what changed in it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit import clock
from regulars.ground.kit.crypto import mask
from regulars.know.events.service import (
    Entry,
    count_rules,
    dismiss_drift,
    get_event,
    list_arriving,
    list_drifts,
    list_events,
    list_properties,
    list_rules,
    list_samples,
    touch_of,
)
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.sparkline import Sparkline
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

# Standing alone: the same digits inside a longer number or an id are no phone.
MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
TYPES = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "yes_or_no": gettext_lazy("yes or no"),
    "list": gettext_lazy("list"),
    "object": gettext_lazy("object"),
}


@dataclass(frozen=True)
class Line:
    """One line of the catalogue: an event as it is sent, or a dynamic one."""

    event: str
    source: str
    events: int
    days: Sparkline
    last_at: datetime | None
    url: str


COLUMNS = (
    Column("event", gettext_lazy("Event"), at("event"), link=at("url")),
    Column("source", gettext_lazy("Source"), at("source")),
    Column("events", gettext_lazy("Last 30 days"), at("events"), COUNT),
    Column("days", gettext_lazy("By day"), at("days"), is_sortable=False),
    Column(
        "last_at",
        gettext_lazy("Last seen"),
        at("last_at"),
        MOMENT,
        reason=gettext_lazy("Not in the last 30 days."),
    ),
)


@requires(Capability.MANAGE_EVENTS)
def show_all(request: HttpRequest) -> HttpResponse:
    lines = [*map(_line, list_events()), *_dynamic_lines()]
    table = table_of(request, lines, COLUMNS, sort="-events", find_in=("event", "source"))
    if wants_excel(request):
        return as_excel(request, table, "events")
    page = {"table": table, "drifts": told_drifts(), "now": clock.now()}
    return render(request, "console/events.html", page)


@requires(Capability.MANAGE_EVENTS)
def show(request: HttpRequest) -> HttpResponse:
    """One event of one source: by day, its properties, its latest records."""
    entry = get_event(request.GET.get("source", ""), request.GET.get("event", ""))
    page = {
        "entry": entry,
        "chart": _chart(entry),
        "properties": [
            {**row, "type": TYPES[row["usual_type"]], "share": row["present"] / row["records"]}
            for row in list_properties(entry.source, entry.event)
        ],
        "samples": [
            {**sample, "record": shown_record(sample)}
            for sample in list_samples(entry.source, entry.event)
        ],
        "drifts": [
            drift for drift in told_drifts() if (drift["of"].source, drift["of"].name)
            == (entry.source, entry.event)
        ],
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "console/event.html", page)


@requires(Capability.MANAGE_EVENTS)
def show_live(request: HttpRequest) -> HttpResponse:
    """What was received in the last minute; the page renews itself."""
    find = request.GET.get("find", "").strip()
    events = [
        {**event, "touch": touch_of(event["type"], event["name"])} for event in list_arriving(find)
    ]
    page = {"events": events, "find": find, "now": clock.now()}
    return render(request, "console/events_live.html", page)


@require_POST
@requires(Capability.MANAGE_EVENTS)
def dismiss(request: HttpRequest, drift_id: int) -> HttpResponse:
    dismiss_drift(signed_in(request), drift_id)
    messages.success(request, _("Settled: told again only if it happens anew."))
    return redirect("events")


def shown_record(sample: dict[str, Any]) -> str:
    """A record's properties to be read; phone numbers in them are hidden."""
    text = json.dumps(json.loads(sample["properties"] or "{}"), ensure_ascii=False, indent=2)
    return MOBILE.sub(lambda found: mask(found[0]), text)


def told_drifts() -> list[dict[str, Any]]:
    """What changed, with the names of types as people read them."""
    return [
        {
            "of": drift,
            "was": TYPES.get(drift.was, drift.was),
            "became": TYPES.get(drift.became, drift.became),
            "url": _address(drift.source, drift.name),
        }
        for drift in list_drifts()
    ]


def _line(entry: Entry) -> Line:
    days = Sparkline(list(entry.by_day.values()))
    url = _address(entry.source, entry.event)
    return Line(entry.event, entry.source, entry.events, days, entry.last_at, url)


def _dynamic_lines() -> list[Line]:
    counts = count_rules()
    named = {rule.pk: rule.name for rule in list_rules()}
    return [
        Line(
            event=named[rule_id],
            source=_("dynamic event"),
            events=counted.events,
            days=Sparkline(list(counted.by_day.values())),
            last_at=counted.last_at,
            url=reverse("event_rule", args=[rule_id]),
        )
        for rule_id, counted in counts.items()
    ]


def _address(source: str, event: str) -> str:
    return f"{reverse('event')}?{urlencode({'source': source, 'event': event})}"


def _chart(entry: Entry) -> charts.Chart:
    labels = [day.strftime("%m-%d") for day in entry.by_day]
    series = charts.Series(gettext_lazy("Events"), list(entry.by_day.values()))
    return charts.bars("events", gettext_lazy("Events by day"), COUNT, labels, series)
