"""The demo as a newcomer starts it: every process real, on a data folder and a port of its own."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.acceptance.running import new_folder
from tests.ground.processes.harness import eventually, free_port
from tests.own_environment import own_environment

from regulars.ground.processes.owner import bound_to_us
from regulars.ground.processes.places import runtime_folder
from regulars.ground.processes.status import STATUS, read_json

LOADING_SECONDS = 240


@dataclass(frozen=True)
class DemoSystem:
    """A running demo; `password` is that of all its users."""

    data: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def processes(self) -> dict[str, dict[str, Any]]:
        """What its status file says of each process."""
        return dict(read_json(runtime_folder(self.data) / STATUS)["processes"])

    def get(self, path: str, token: str = "") -> tuple[int, Any]:
        """Status and JSON of an address; status 0 where nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"} if token else {}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    @cache  # noqa: B019 - there is one system, and a command takes seconds
    def token(self, username: str) -> str:
        """A new API token, as `regulars token` prints it."""
        words = ["-m", "regulars.cli", "token", username, "--data", str(self.data)]
        done = subprocess.run(
            [sys.executable, *words],
            capture_output=True,
            text=True,
            check=False,
            env=own_environment(),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-1]


@contextmanager
def demo_system(
    chain: str = "journey", begin: Callable[[Path], object] | None = None
) -> Iterator[DemoSystem]:
    """`regulars demo` until its data are loaded; stopped as Ctrl-C stops it. In a new data folder,
    or in the one that `begin` makes."""
    with new_folder() as folder:
        data, port = folder / "data", free_port()
        if begin:
            begin(data)
        command = ["-m", "regulars.cli", "demo", "--data", str(data), "--port", str(port)]
        command += ["--chain", chain]
        with (folder / "log").open("w+") as log:
            process = subprocess.Popen(
                bound_to_us([sys.executable, *command]),
                stdout=log,
                stderr=subprocess.STDOUT,
                env=own_environment(),
            )
            try:
                yield DemoSystem(data, port, _password_when_loaded(process, data, Path(log.name)))
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)


def _password_when_loaded(process: "subprocess.Popen[bytes]", data: Path, log: Path) -> str:
    deadline = time.monotonic() + LOADING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        told = read_json(data / "demo.json")
        if told.get("is_loaded"):
            return str(told["password"])
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-5_000:])


def wait_until_ready(system: DemoSystem) -> None:
    eventually(system.is_ready)
