"""`python -m regulars.understand.live`: one process that counts what each load touched."""

import logging
import signal
import time
from uuid import UUID

import django

django.setup()

from django.db import DatabaseError, connection  # noqa: E402

from regulars.ground.jobs.service import EVENT_CHANNEL  # noqa: E402
from regulars.ground.kit import clock  # noqa: E402
from regulars.ground.kit.alone import become_the_only, let_go  # noqa: E402
from regulars.ground.warehouse.service import WarehouseError  # noqa: E402
from regulars.understand.live.counting import LOADED, Counter, touched_by  # noqa: E402

log = logging.getLogger("regulars.live")
COUNTER = 0x11FE
LOOK_SECONDS = 1.0
PASS_SECONDS = 0.2
"""Nobody reads faster: loads that follow each other more closely are counted together."""
WAIT_AFTER_ERROR_SECONDS = 1.0


def main() -> None:
    """Count until told to stop; wait out a warehouse or a Postgres that is away."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    counter = Counter()
    try:
        while True:
            try:
                if become_the_only(COUNTER):
                    with connection.cursor() as cursor:
                        cursor.execute(f"LISTEN {EVENT_CHANNEL}")
                    counter = Counter()
                heard = _heard()
                began = time.monotonic()
                counter.keep_up(touched_by(heard, clock.today()))
                time.sleep(max(0.0, began + PASS_SECONDS - time.monotonic()))
            except (DatabaseError, WarehouseError, OSError) as error:
                log.warning("waiting: %s", error)
                let_go()
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
    except KeyboardInterrupt:
        connection.close()
        log.info("stopped")


def _heard() -> list[UUID]:
    """The loads that were told since the last time; waits a while for the first of them."""
    listening = connection.connection
    assert listening is not None
    notices = [*listening.notifies(timeout=LOOK_SECONDS, stop_after=1)]
    notices += listening.notifies(timeout=0)
    told = (notice.payload.split(" ") for notice in notices)
    return [UUID(event_id) for topic, event_id in told if topic == LOADED]


main()
