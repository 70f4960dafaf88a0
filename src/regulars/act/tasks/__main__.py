"""`python -m regulars.act.tasks`: one process that opens leads for what has just happened."""

import logging
import signal
import time
from uuid import UUID

import django

django.setup()

from django.db import DatabaseError, connection  # noqa: E402

from regulars.act.tasks.triggering import TOPICS, missed, take_in  # noqa: E402
from regulars.ground.jobs.service import EVENT_CHANNEL  # noqa: E402
from regulars.ground.kit.alone import become_the_only, let_go  # noqa: E402
from regulars.ground.warehouse.service import WarehouseError  # noqa: E402

log = logging.getLogger("regulars.leads")
FOLLOWER = 0x1EAD
LOOK_SECONDS = 1.0
PASS_SECONDS = 0.1
"""Events that follow each other more closely are looked at together."""
WAIT_AFTER_ERROR_SECONDS = 1.0


def main() -> None:
    """Follow until told to stop; wait out a warehouse or a Postgres that is away, and make good
    what was published meanwhile."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    heard: list[UUID] = []
    try:
        while True:
            try:
                if become_the_only(FOLLOWER):
                    with connection.cursor() as cursor:
                        cursor.execute(f"LISTEN {EVENT_CHANNEL}")
                    heard = missed()
                began = time.monotonic()
                if heard:
                    take_in(heard)
                    time.sleep(max(0.0, began + PASS_SECONDS - time.monotonic()))
                heard = _heard()
            except (DatabaseError, WarehouseError, OSError) as error:
                log.warning("waiting: %s", error)
                let_go()
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
    except KeyboardInterrupt:
        connection.close()
        log.info("stopped")


def _heard() -> list[UUID]:
    """What was told since the last time; waits a while for the first of it."""
    listening = connection.connection
    assert listening is not None
    notices = [*listening.notifies(timeout=LOOK_SECONDS, stop_after=1)]
    notices += listening.notifies(timeout=0)
    told = (notice.payload.split(" ") for notice in notices)
    return [UUID(event_id) for topic, event_id in told if topic in TOPICS]


main()
