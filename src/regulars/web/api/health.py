"""For whoever watches the system: is it alive, is it ready, and if not, why not."""

from collections.abc import Callable

import psycopg
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from regulars.ground.accounts.access import public
from regulars.ground.kit.room import why_no_room
from regulars.ground.processes.service import read_status
from regulars.ground.warehouse.service import WarehouseError
from regulars.know.collect.service import (
    explain_trouble,
    get_backlog,
    get_freshness,
    list_troubles,
)

READY = "ready"
CONNECT_SECONDS = 2
IN_DATABASE = ("database", "inbox", "stores")
Check = Callable[[], str | None]


@public
@transaction.non_atomic_requests
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers, whatever else is away."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> HttpResponse:
    """200 when every part can do its work, else 503: `{"ready", "parts": {name: {"ready",
    "reason"}}}`."""
    reasons = _reasons() | _processes()
    parts = {name: {"ready": why is None, "reason": why} for name, why in reasons.items()}
    is_ready = all(part["ready"] for part in parts.values())
    return JsonResponse({"ready": is_ready, "parts": parts}, status=200 if is_ready else 503)


def _reasons() -> dict[str, str | None]:
    """What stands in the database is away with it: nothing is asked of a server that is away."""
    why_no_database = _why_no_database()
    return {
        name: why_no_database if why_no_database and name in IN_DATABASE else check()
        for name, check in CHECKS.items()
    }


def _why_no_database() -> str | None:
    """By a connection of its own: the pool waits long for a server that may come back."""
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.Error as error:
        return str(error).strip()
    return None


def _why_no_warehouse() -> str | None:
    try:
        get_freshness()
    except WarehouseError as error:
        return str(error)
    return None


def _why_no_inbox() -> str | None:
    try:
        get_backlog()
    except DatabaseError as error:
        return str(error).strip()
    return None


def _why_stores_apart() -> str | None:
    try:
        return " ".join(explain_trouble(trouble.code) for trouble in list_troubles()) or None
    except DatabaseError as error:
        return str(error).strip()


def _why_no_disk() -> str | None:
    error = why_no_room()
    return str(error) if error else None


CHECKS: dict[str, Check] = {
    "database": _why_no_database,
    "warehouse": _why_no_warehouse,
    "inbox": _why_no_inbox,
    "stores": _why_stores_apart,
    "disk": _why_no_disk,
}


def _processes() -> dict[str, str | None]:
    """What the supervisor says of the others; nothing where none runs."""
    processes = read_status().get("processes", {})
    return {
        name: None if process["state"] in (READY, "done") else process["reason"] or process["state"]
        for name, process in processes.items()
        if name not in CHECKS and name != "web"
    }
