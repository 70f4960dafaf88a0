"""`python -m regulars.know.loader`: one process, woken by the inbox."""

import django

django.setup()

from regulars.ground.jobs.alone import heard, work_alone  # noqa: E402
from regulars.ground.kit.room import check_room  # noqa: E402
from regulars.know.collect.service import WAKE_CHANNEL  # noqa: E402
from regulars.know.loader import service  # noqa: E402
from regulars.know.loader.locks import LOADER  # noqa: E402
from regulars.know.loader.rebuild import mend  # noqa: E402

LOOK_SECONDS = 2.0


def load(begins: bool) -> None:
    """All that waits. At the beginning it may be another warehouse that answers: one set aside,
    one made again."""
    check_room()
    if begins:
        service.prepare()
        mend()
    service.load_waiting()
    heard(LOOK_SECONDS)


work_alone("regulars.loader", LOADER, load, WAKE_CHANNEL)
