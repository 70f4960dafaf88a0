"""What each process is doing, in a file that the others may read."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STATUS = "status.json"
WAITING = "waiting"
STARTING = "starting"
READY = "ready"
UNREADY = "unready"
PAUSING = "pausing"
DONE = "done"
STOPPED = "stopped"


@dataclass
class State:
    """One process as last seen; `since` is when `state` began (UTC, ISO)."""

    state: str = WAITING
    pid: int | None = None
    restarts: int = 0
    since: str = ""
    last_end: str | None = None
    reason: str | None = None


class StatusBoard:
    """Keeps `path` up to date: always whole, readable by the deployment's user alone."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self.path = path
        self._states = {name: State(since=_now()) for name in names}
        self._write()

    def show(self, name: str, state: str, **facts: Any) -> None:
        """Change what is known of one process; unchanged facts cost nothing."""
        shown = self._states[name]
        changes = {"reason": None, **facts, "state": state}
        if all(getattr(shown, key) == value for key, value in changes.items()):
            return
        if shown.state != state:
            shown.since = _now()
        for key, value in changes.items():
            setattr(shown, key, value)
        self._write()

    def show_restart(self, name: str, last_end: str) -> None:
        """A process has ended and will be started again."""
        restarts = self._states[name].restarts + 1
        self.show(name, PAUSING, pid=None, restarts=restarts, last_end=last_end, reason=last_end)

    def _write(self) -> None:
        processes = {name: asdict(state) for name, state in self._states.items()}
        write_privately(self.path, {"supervisor": os.getpid(), "processes": processes})


def read_json(path: Path) -> dict[str, Any]:
    """A file that `write_privately` wrote, or {} when there is none."""
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return content


def is_alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        return True
    return True


def write_privately(path: Path, content: Mapping[str, Any]) -> None:
    """Replace `path` in one step by a file that only we can read."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    new.replace(path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
