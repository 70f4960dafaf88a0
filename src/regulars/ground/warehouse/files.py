"""The DuckDB file and its log: copied, replaced, set aside."""

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

log = logging.getLogger(__name__)
Opened = TypeVar("Opened")
# What DuckDB says of a file that it will never open again, whatever else is put right.
BROKEN = ("not a valid DuckDB database file", "Could not read enough bytes", "Corrupt database")


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def copy(path: Path, target: Path) -> None:
    """Copy a file that has been written out; the copy stands on the disk when this returns."""
    shutil.copyfile(path, target)
    target.chmod(0o600)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def replace(path: Path, successor: Path) -> None:
    """Put `successor`, closed and whole, in the place of `path`; a log left of that goes first, as
    it tells of another file."""
    log_of(path).unlink(missing_ok=True)
    successor.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def remove(path: Path) -> None:
    for each in (path, log_of(path)):
        each.unlink(missing_ok=True)


def opened_or_begun_anew(path: Path, opened: Callable[[], Opened]) -> Opened:
    """What `opened` returns. A file that is broken is set aside under a name that says so, and an
    empty one begun: the loader fills it from the archive. Raises duckdb.Error for what passes: a
    full disk, a lock, a file of a later version."""
    try:
        return opened()
    except duckdb.Error as error:
        if not any(sign in str(error) for sign in BROKEN):
            raise
        aside = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
        log.error("the warehouse is broken and set aside as %s: %s", aside.name, error)
        for each in (path, log_of(path)):
            if each.exists():
                each.rename(each.with_name(each.name.replace(path.name, aside.name)))
        return opened()
