"""Advisory locks of Postgres that the loader's room shares; each goes with its connection."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

LOADER, PASS, ARCHIVE = 727_001, 727_002, 727_003
"""LOADER: who loads. PASS: held while batches go in, so that whoever holds it finds both stores
as of the same batch. ARCHIVE: who moves what was loaded to the archive."""


@contextmanager
def held(lock: int) -> Iterator[None]:
    """Wait for the lock, and have it for as long as the block runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    try:
        yield
    finally:
        _release(lock)


@contextmanager
def held_if_free(lock: int) -> Iterator[bool]:
    """Whether it could be had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (is_ours,) = cursor.fetchone() or (False,)
    try:
        yield is_ours
    finally:
        if is_ours:
            _release(lock)


def _release(lock: int) -> None:
    if connection.connection is None:
        return
    # Where the connection is broken, the server has let go of the lock already.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
