"""System health: is every process alive, is anything waiting, is there room left."""

import shutil
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import data_dir
from regulars.ground.processes.service import read_status
from regulars.know.collect.service import get_backlog, get_freshness, list_open_rejects

SHORT_OF_ROOM_BELOW = 2 * 2**30


@requires(Capability.SEE_HEALTH)
def show(request: HttpRequest) -> HttpResponse:
    disk = shutil.disk_usage(data_dir())
    page = {
        "now": clock.now(),
        "processes": list_processes(),
        "backlog": get_backlog(),
        "last_loaded_at": get_freshness().as_of,
        "reject_count": list_open_rejects().count(),
        "disk": disk,
        "is_short_of_room": disk.free < SHORT_OF_ROOM_BELOW,
        "folder": data_dir(),
    }
    return render(request, "console/health.html", page)


def list_processes() -> list[dict[str, object]]:
    """Each process as the supervisor last saw it, with `since` as a moment."""
    processes = read_status().get("processes", {})
    return [
        {**seen, "name": name, "since": datetime.fromisoformat(seen["since"])}
        for name, seen in processes.items()
    ]
