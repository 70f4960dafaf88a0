"""`python -m regulars.know.segments`: one process that keeps tags and segments up to date."""

import time
from itertools import count

import django

django.setup()

from regulars.ground.jobs.alone import work_alone  # noqa: E402
from regulars.ground.kit.room import check_room  # noqa: E402
from regulars.know.segments import service as segments  # noqa: E402
from regulars.know.tags import service as tags  # noqa: E402

LOOK_SECONDS = 0.5
SMALL_LOOKS = 4
"""Goods, places and staff change seldom: every so many looks."""
_looks = count()


def keep_up(_begins: bool) -> None:
    check_room()
    segments.keep_up(are_tags_new=tags.keep_up(with_small=next(_looks) % SMALL_LOOKS == 0))
    time.sleep(LOOK_SECONDS)


work_alone("regulars.tags", tags.KEEPER, keep_up)
