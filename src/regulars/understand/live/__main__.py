"""`python -m regulars.understand.live`: one process that counts what each load touched."""

import time
from collections.abc import Callable

import django

django.setup()

from regulars.ground.jobs.alone import events_heard, rest_of, work_alone  # noqa: E402
from regulars.ground.jobs.service import EVENT_CHANNEL  # noqa: E402
from regulars.ground.kit import clock  # noqa: E402
from regulars.understand.live.counting import LOADED, Counter, touched_by  # noqa: E402

COUNTER = 0x11FE
PASS_SECONDS = 0.2
"""Nobody reads faster: loads that follow each other more closely are counted together."""


def counting() -> Callable[[bool], None]:
    """A pass: what was loaded just now; a counter that begins counts everything."""
    counter = Counter()

    def count(begins: bool) -> None:
        nonlocal counter
        if begins:
            counter = Counter()
        loads, began = events_heard({LOADED}), time.monotonic()
        counter.keep_up(touched_by(loads, clock.today()))
        rest_of(began, PASS_SECONDS)

    return count


work_alone("regulars.live", COUNTER, counting(), EVENT_CHANNEL)
