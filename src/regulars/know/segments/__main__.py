"""`python -m regulars.know.segments`: one process that keeps tags and segments up to date."""

import time

import django

django.setup()

from regulars.ground.jobs.alone import work_alone  # noqa: E402
from regulars.ground.kit.room import check_room  # noqa: E402
from regulars.know.segments import service as segments  # noqa: E402
from regulars.know.tags import service as tags  # noqa: E402

LOOK_SECONDS = 0.5


def keep_up(_begins: bool) -> None:
    check_room()
    segments.keep_up(are_tags_new=tags.keep_up())
    time.sleep(LOOK_SECONDS)


work_alone("regulars.tags", tags.KEEPER, keep_up)
