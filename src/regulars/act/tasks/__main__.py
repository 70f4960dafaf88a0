"""`python -m regulars.act.tasks`: one process that opens leads for what has just happened."""

import time

import django

django.setup()

from regulars.act.tasks.triggering import TOPICS, missed, take_in  # noqa: E402
from regulars.ground.jobs.alone import events_heard, rest_of, work_alone  # noqa: E402
from regulars.ground.jobs.service import EVENT_CHANNEL  # noqa: E402

FOLLOWER = 0x1EAD
PASS_SECONDS = 0.1
"""Events that follow each other more closely are looked at together."""


def follow(begins: bool) -> None:
    """What was told just now; at the beginning, whatever was published meanwhile."""
    told, began = missed() if begins else events_heard(TOPICS), time.monotonic()
    if told:
        take_in(told)
        rest_of(began, PASS_SECONDS)


work_alone("regulars.leads", FOLLOWER, follow, EVENT_CHANNEL)
