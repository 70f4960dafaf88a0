"""System health: is every process alive, is anything waiting, is there room left."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    list_open_rejects,
    list_troubles,
)
from regulars.know.events.service import list_drifts

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
    }
    return render(request, "console/health.html", page)


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
