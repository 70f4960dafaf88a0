"""At most one running system on a data folder, and how others find it."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes.places import runtime_folder
from regulars.ground.processes.status import read_json, write_privately

LOCK = "lock"
ENVIRONMENT = "environment.json"
# `find_environment` holds the lock for a moment only.
PROBE_SECONDS = 0.05


@contextmanager
def only_instance(data_dir: Path, description: str) -> Iterator[None]:
    """Hold the data folder for as long as the block runs.

    Raises UserError naming who holds it; `description` is what such an error says of us.
    """
    with (data_dir / LOCK).open("a+", encoding="utf-8") as lock:
        if not _acquire(lock.fileno(), tries=3):
            lock.seek(0)
            raise UserError(
                _("Regulars already runs on %(folder)s (%(description)s)."),
                facts={"folder": data_dir, "description": lock.read()},
            )
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {description}")
        lock.flush()
        yield


def publish_environment(data_dir: Path, environment: Mapping[str, str]) -> None:
    """Let commands that start later reach the running system."""
    write_privately(runtime_folder(data_dir) / ENVIRONMENT, environment)


def withdraw_environment(data_dir: Path) -> None:
    (runtime_folder(data_dir) / ENVIRONMENT).unlink(missing_ok=True)


def find_environment(data_dir: Path) -> dict[str, str] | None:
    """What reaches the system that is up on `data_dir`, or None when none is."""
    try:
        with (data_dir / LOCK).open("r", encoding="utf-8") as lock:
            if _acquire(lock.fileno(), tries=1):
                return None
    except FileNotFoundError:
        return None
    return read_json(runtime_folder(data_dir) / ENVIRONMENT) or None


def _acquire(descriptor: int, tries: int) -> bool:
    for _attempt in range(tries):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(PROBE_SECONDS)
    return False
