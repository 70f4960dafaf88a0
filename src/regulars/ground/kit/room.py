"""Is there room left on the disk? Below a limit nothing more is taken in, so that what has been
taken in can still be carried on."""

import os
import shutil
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import NoRoom

LEAST_FREE_BYTES = 512 * 2**20


@dataclass(frozen=True)
class Room:
    """Bytes on the disk that the data folder stands on; `least` of them must stay free."""

    total: int
    free: int
    least: int

    @property
    def is_enough(self) -> bool:
        return self.free >= self.least


def get_room() -> Room:
    """As it is this moment. `REGULARS_LEAST_FREE_BYTES` sets the limit."""
    usage = shutil.disk_usage(data_dir())
    least = int(os.environ.get("REGULARS_LEAST_FREE_BYTES") or LEAST_FREE_BYTES)
    return Room(usage.total, usage.free, least)


def why_no_room() -> NoRoom | None:
    """None when more may be taken in, else what to say of it."""
    room = get_room()
    if room.is_enough:
        return None
    return NoRoom(
        _(
            "The disk is nearly full: %(free)s MB are left, %(least)s MB must stay free. Nothing "
            "more is taken in until there is room; what was taken in is safe."
        ),
        facts={"free": room.free // 2**20, "least": room.least // 2**20},
    )


def check_room() -> None:
    """Raises NoRoom."""
    if error := why_no_room():
        raise error
