"""`python -m regulars.know.segments`: one process that keeps tags and segments up to date."""

import logging
import signal
import time

import django

django.setup()

from django.db import DatabaseError, connection  # noqa: E402

from regulars.ground.kit.alone import let_go  # noqa: E402
from regulars.ground.kit.errors import NoRoom  # noqa: E402
from regulars.ground.kit.room import check_room  # noqa: E402
from regulars.ground.warehouse.service import WarehouseError  # noqa: E402
from regulars.know.segments import service as segments  # noqa: E402
from regulars.know.tags import service as tags  # noqa: E402

log = logging.getLogger("regulars.tags")
LOOK_SECONDS = 0.5
WAIT_AFTER_ERROR_SECONDS = 2.0


def main() -> None:
    """Keep up until told to stop; wait out a warehouse or a Postgres that is away."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            try:
                tags.become_the_keeper()
                check_room()
                segments.keep_up(are_tags_new=tags.keep_up())
                time.sleep(LOOK_SECONDS)
            except NoRoom as error:
                log.warning("waiting: %s", error)
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
            except (DatabaseError, WarehouseError, OSError) as error:
                log.warning("waiting: %s", error)
                let_go()
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
    except KeyboardInterrupt:
        connection.close()
        log.info("stopped")


main()
