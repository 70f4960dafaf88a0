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
# What DuckDB says of a file that it will never read, whatever else is put right.
BROKEN = ("not a valid DuckDB database file", "Could not read enough bytes", "Corrupt database")
# And of one that it will read only when it is opened anew.
INVALID = "has been invalidated"


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


def is_broken(path: Path, error: duckdb.Error) -> bool:
    """Whether an error is about the file itself, and not about another that a query reads."""
    text = str(error)
    return any(sign in text for sign in BROKEN) and ("Corrupt" in text or str(path) in text)


def set_aside(path: Path, error: duckdb.Error) -> None:
    """Out of the way, under a name that says why; nothing is lost, the loader fills the next one
    from the archive."""
    aside = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
    log.error("the warehouse is broken and set aside as %s: %s", aside.name, error)
    for each, name in ((path, aside), (log_of(path), log_of(aside))):
        if each.exists():
            each.rename(name)


def opened_or_begun_anew(path: Path, opened: Callable[[], Opened]) -> Opened:
    """What `opened` returns; where the file is broken, of an empty one in its place. Raises
    duckdb.Error for what passes: a full disk, a lock, a file of a later version."""
    try:
        return opened()
    except duckdb.Error as error:
        if not is_broken(path, error):
            raise
        set_aside(path, error)
        return opened()
