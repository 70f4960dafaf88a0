"""Work that one process at a time may do: it holds a lock that goes with its connection."""

from typing import Any

from django.db import connection


def become_the_only(lock: int) -> bool:
    """Wait for the lock, where this process does not hold it yet; whether it was taken just now.
    Raises DatabaseError where Postgres is away."""
    if connection.connection is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    return True


def let_go() -> None:
    """Leave the server: closed alone, a connection goes back to the pool with its locks, and the
    next one would wait for them for ever."""
    connection.close()
    backend: Any = connection
    backend.close_pool()
