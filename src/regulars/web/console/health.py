"""System health: is every process alive, is anything waiting, is there room left."""

from datetime import datetime
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.room import get_room, why_no_room
from regulars.ground.processes.service import read_status
from regulars.ground.warehouse.service import WarehouseError
from regulars.know.collect.service import (
    explain_trouble,
    get_backlog,
    get_freshness,
    list_minutes_by_source,
    list_open_rejects,
    list_sources,
    list_troubles,
)
from regulars.know.events.service import list_drifts
from regulars.know.loader.times import list_steps, list_waits
from regulars.web.parts import charts

SHORT_OF_ROOM_BELOW = 2 * 2**30


@requires(Capability.SEE_HEALTH)
def show(request: HttpRequest) -> HttpResponse:
    room = get_room()
    page = {
        "now": clock.now(),
        "processes": list_processes(),
        "backlog": get_backlog(),
        "last_loaded_at": find_last_loaded_at(),
        "reject_count": list_open_rejects().count(),
        "room": room,
        "is_short_of_room": room.free < SHORT_OF_ROOM_BELOW,
        "no_room": why_no_room(),
        "troubles": [
            {"since": trouble.since, "says": explain_trouble(trouble.code)}
            for trouble in list_troubles()
        ],
        "drift_count": list_drifts().count(),
        "folder": data_dir(),
        "arrivals": arrivals_chart(),
        "waits": waits_chart(),
        "steps": list_steps(),
    }
    return render(request, "console/health.html", page)


def arrivals_chart() -> charts.Chart | None:
    """Events a minute of the sources that sent most in the last hour."""
    counted = list_minutes_by_source(len(charts.GENERATIONS))
    minutes = sorted({minute for each in counted.values() for minute in each})
    if not minutes:
        return None
    names = dict(list_sources().values_list("code", "name"))
    series = [
        charts.Series(names.get(code, code), [each.get(minute, 0) for minute in minutes])
        for code, each in counted.items()
    ]
    title = _("Events a minute, by source")
    return charts.generations("arrivals", title, "count", charts.times_of(minutes), *series)


def waits_chart() -> charts.Chart | None:
    """How long what came in waited until it could be asked about, minute by minute."""
    waits = list_waits()
    if not waits:
        return None
    series = (
        charts.Series(_("the longest, seconds"), [_seconds(each.worst_seconds) for each in waits]),
        charts.Series(
            _("on average, seconds"), [_seconds(each.seconds / each.count) for each in waits]
        ),
    )
    times = charts.times_of([each.minute_at for each in waits])
    return charts.lines("waits", _("From receipt to queryable"), "ratio", times, *series)


def _seconds(value: float) -> Fraction:
    return Fraction(round(value * 100), 100)


def find_last_loaded_at() -> datetime | None:
    """None while the warehouse is away: this page is for seeing that."""
    try:
        return get_freshness().as_of
    except WarehouseError:
        return None


def list_processes() -> list[dict[str, object]]:
    """Each process as the supervisor last saw it, with `since` as a moment."""
    processes = read_status().get("processes", {})
    return [
        {**seen, "name": name, "since": datetime.fromisoformat(seen["since"])}
        for name, seen in processes.items()
    ]
