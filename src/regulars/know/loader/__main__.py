"""`python -m regulars.know.loader`: one process, woken by the inbox."""

import logging
import select
import signal
import time

import django

django.setup()

from django.db import DatabaseError, connection  # noqa: E402

from regulars.ground.kit.alone import become_the_only, let_go  # noqa: E402
from regulars.ground.kit.errors import NoRoom  # noqa: E402
from regulars.ground.kit.room import check_room  # noqa: E402
from regulars.ground.warehouse.service import WarehouseError  # noqa: E402
from regulars.know.collect.service import WAKE_CHANNEL  # noqa: E402
from regulars.know.loader import service  # noqa: E402
from regulars.know.loader.locks import LOADER  # noqa: E402
from regulars.know.loader.rebuild import mend  # noqa: E402

log = logging.getLogger("regulars.loader")
LOOK_SECONDS = 2.0
WAIT_AFTER_ERROR_SECONDS = 1.0


def main() -> None:
    """Load until told to stop; wait out a warehouse or a Postgres that is away, or a full disk."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    is_prepared = False
    try:
        while True:
            try:
                _become_the_loader()
                check_room()
                if not is_prepared:
                    service.prepare()
                    mend()
                    is_prepared = True
                service.load_waiting()
                _wait_for_more()
            except NoRoom as error:
                log.warning("waiting: %s", error)
                time.sleep(LOOK_SECONDS)
            except (DatabaseError, WarehouseError, OSError) as error:
                log.warning("waiting: %s", error)
                # It may be another warehouse that answers next: one set aside, one made again.
                is_prepared = False
                let_go()
                time.sleep(WAIT_AFTER_ERROR_SECONDS)
    except KeyboardInterrupt:
        log.info("stopped")


def _become_the_loader() -> None:
    """One loader at a time: the lock and the wake-ups go with the connection."""
    if become_the_only(LOADER):
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {WAKE_CHANNEL}")


def _wait_for_more() -> None:
    waking = connection.connection
    assert waking is not None
    select.select([waking.fileno()], [], [], LOOK_SECONDS)
    for _ in waking.notifies(timeout=0):
        pass


main()
