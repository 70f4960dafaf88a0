"""A whole small system in a process of its own, and ways to look at processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from regulars.ground.processes.owner import bound_to_us
from regulars.ground.processes.places import runtime_folder
from regulars.ground.processes.status import STATUS, read_json

PATIENCE_SECONDS = 60.0
SYSTEM = Path(__file__).with_name("small_system.py")
Found = TypeVar("Found")


def eventually(find: Callable[[], Found]) -> Found:
    """What `find` returns once it is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


def is_running(pid: int) -> bool:
    """Whether a process lives; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes_naming(text: str) -> list[int]:
    """The running processes whose command line holds `text`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text.encode() in command and is_running(int(folder.name)):
            found.append(int(folder.name))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class SmallSystem:
    """`up` with an embedded PostgreSQL and children that do little (see `small_system.py`)."""

    def __init__(self, data_dir: Path, *options: str, port: int | None = None, **env: str) -> None:
        self.data_dir = data_dir
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        port = port or free_port()
        self._popen = subprocess.Popen(
            bound_to_us([sys.executable, str(SYSTEM), str(data_dir), str(port), *options]),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**inherited, "REGULARS_DATA": str(data_dir), **env},
        )

    @property
    def processes(self) -> dict[str, dict[str, Any]]:
        """What its status file says of each."""
        shown = read_json(runtime_folder(self.data_dir) / STATUS)
        return shown["processes"] if shown.get("supervisor") == self._popen.pid else {}

    def wait_until_up(self) -> dict[str, int]:
        """The pids of its children."""
        eventually(lambda: self._popen.poll() is not None or self._is_up())
        assert self._popen.poll() is None, self.finish()
        return {name: shown["pid"] for name, shown in self.processes.items() if shown["pid"]}

    def signal(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def finish(self) -> tuple[int, str]:
        """Wait for its end: exit code and everything it wrote."""
        output, _none = self._popen.communicate(timeout=PATIENCE_SECONDS)
        return self._popen.returncode, output

    def members(self) -> list[int]:
        """Its processes that still run."""
        return processes_naming(str(self.data_dir))

    def _is_up(self) -> bool:
        states = [shown["state"] for shown in self.processes.values()]
        return bool(states) and all(state in ("ready", "done") for state in states)
