"""Lock files that a PostgreSQL server left when it was killed.

PostgreSQL takes any process that has the number in such a file for the old server: one that only
waits to be buried, or, after a restart of the machine, quite another one; and then does not start.
It passes over the number of its own parent, and still looks for orphaned back ends. So a file of a
server that has ended is given our number instead of being removed.
"""

import os
from contextlib import suppress
from pathlib import Path


def disown_ended_server(cluster: Path, sockets: Path) -> None:
    """To be called by the parent of the next server, before it starts that."""
    for lock in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        with suppress(FileNotFoundError):
            number, _newline, rest = lock.read_text("utf-8").partition("\n")
            if not number:  # it was killed while it made the file
                lock.unlink()
            elif not _serves(int(number), cluster):
                _overwrite(lock, f"{os.getpid()}\n{rest}")


def holder(cluster: Path) -> int | None:
    """The number of the server that holds the folder, or held it last."""
    with suppress(FileNotFoundError, ValueError):
        return int((cluster / "postmaster.pid").read_text("utf-8").partition("\n")[0])
    return None


def _serves(pid: int, cluster: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(cluster) in command


def _overwrite(lock: Path, text: str) -> None:
    # The folder may be another user's: a link there must not lead us elsewhere.
    descriptor = os.open(lock, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
