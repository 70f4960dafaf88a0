"""The one loop of processes that work alone: a lock lets one of each kind work at a time, and
Postgres wakes it.
"""

import logging
import signal
import time
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection

from regulars.ground.kit.errors import NoRoom
from regulars.ground.warehouse.service import WarehouseError

HEARS_FOR_SECONDS = 1.0
WAIT_AFTER_ERROR_SECONDS = 1.0
TO_WAIT_OUT = (DatabaseError, psycopg.Error, WarehouseError, OSError)
"""Listening is psycopg's own, and fails in its words."""
WAIT_FOR_ROOM_SECONDS = 2.0


def work_alone(
    name: str, lock: int, work: Callable[[bool], None], channel: str | None = None
) -> None:
    """Call `work` again and again until told to stop; wait out a warehouse or a Postgres that is
    away, or a full disk.

    It is given whether it begins: nothing that an earlier call found is to be relied on, and from
    now on `channel` is listened to, if one is named. So it is until a call ends well. `name`: whose
    log it is.
    """
    log = logging.getLogger(name)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begins = True
    try:
        while True:
            try:
                begins = _became_the_only(lock, channel) or begins
                work(begins)
                begins = False
            except NoRoom as error:
                log.warning("waiting: %s", error)
                time.sleep(WAIT_FOR_ROOM_SECONDS)
            except TO_WAIT_OUT as error:
                log.warning("waiting: %s", error)
                _let_go()
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
    except KeyboardInterrupt:
        _let_go()
        log.info("stopped")


def heard(seconds: float = HEARS_FOR_SECONDS) -> list[str]:
    """What was told on the channel since the last time; waits so long for the first of it."""
    listening = connection.connection
    assert listening is not None
    notices = [*listening.notifies(timeout=seconds, stop_after=1)]
    notices += listening.notifies(timeout=0)
    return [notice.payload for notice in notices]


def events_heard(topics: Collection[str]) -> list[UUID]:
    """The events of these topics told on `EVENT_CHANNEL` since the last time."""
    told = (text.split(" ") for text in heard())
    return [UUID(event_id) for topic, event_id in told if topic in topics]


def rest_of(began: float, seconds: float) -> None:
    """Sleep until so many seconds have gone since `began` (monotonic): what comes closer together
    is done together."""
    time.sleep(max(0.0, began + seconds - time.monotonic()))


def _became_the_only(lock: int, channel: str | None) -> bool:
    """Wait for the lock, where it is not held yet; whether it was taken just now. It and the
    wake-ups go with the connection."""
    if connection.connection is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        if channel:
            cursor.execute(f"LISTEN {channel}")
    return True


def _let_go() -> None:
    """Leave the server: closed alone, a connection goes back to the pool with its locks, and the
    next one would wait for them for ever."""
    connection.close()
    backend: Any = connection
    backend.close_pool()
