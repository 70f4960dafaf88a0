"""A whole system of its own: `regulars up` on a small chain, to be beaten, killed and asked."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.ground.processes.harness import eventually, free_port
from tests.know.imports.conftest import FILES
from tests.own_environment import own_environment

from regulars.ground.processes.owner import bound_to_us
from regulars.ground.processes.places import runtime_folder
from regulars.ground.processes.service import find_environment
from regulars.ground.processes.status import STATUS, read_json

START_SECONDS = 120.0
SETUP = """
import sys
from pathlib import Path
from regulars import cli
with cli._attached(Path(sys.argv[1])):
    from regulars.ground.accounts.service import create_user, issue_token
    from regulars.know.collect.service import make_source
    user = create_user(None, "driller", "a long enough password", "administrator")
    print(issue_token(None, user))
    print(make_source(None, "drill", "segment")[1])
"""


class System:
    """`regulars up` on a folder of its own, with a PostgreSQL of its own or the given one."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.data, self.port = folder / "data", free_port()
        self._told = own_environment() | ({"DATABASE_URL": database} if database else {})
        self._log = (folder / "log").open("w+")
        self.log = folder / "log"

    def set_up(self) -> tuple[str, str]:
        """A small chain, an API token and a write key."""
        files = self.data.parent / "files"
        files.mkdir()
        self.data.mkdir()
        for name, text in FILES.items():
            (files / name).write_text(text, "utf-8")
        self._regulars("import", str(files))
        done = subprocess.run(
            [sys.executable, "-c", SETUP, str(self.data)],
            capture_output=True, text=True, check=False, env=self._told,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        token, key = done.stdout.split()[-2:]
        return token, key

    def start(self) -> None:
        command = ["-m", "regulars.cli", "up", "--data", str(self.data), "--port", str(self.port)]
        self._process = subprocess.Popen(
            bound_to_us([sys.executable, *command]),
            stdout=self._log, stderr=subprocess.STDOUT, env=self._told,
        )  # fmt: skip
        self.wait_until_ready(START_SECONDS)
        eventually(lambda: self.environment)  # the supervisor itself hears of it a moment later

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(120)
        self._log.close()

    @property
    def processes(self) -> dict[str, dict[str, Any]]:
        return dict(read_json(runtime_folder(self.data) / STATUS).get("processes", {}))

    @property
    def environment(self) -> dict[str, str]:
        return find_environment(self.data) or {}

    def kill(self, name: str) -> bool:
        shown = self.processes.get(name, {})
        if shown.get("state") not in ("ready", "unready", "starting") or not shown.get("pid"):
            return False
        with suppress(ProcessLookupError):
            os.kill(shown["pid"], signal.SIGKILL)
            return True
        return False

    def wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.post("GET", "/readyz")[0] != 200:
            assert self._process.poll() is None, self.log.read_text()[-5_000:]
            assert time.monotonic() < deadline, self.log.read_text()[-5_000:]
            time.sleep(0.3)

    def post(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and answer, JSON; status 0 where none came. Bytes are sent as they are."""
        status, told, _headers = self.send(method, path, body, headers)
        try:
            return status, json.loads(told or b"null")
        except ValueError:
            return 0, None

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            text = body if body is None or isinstance(body, bytes) else json.dumps(body)
            told = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, text, told)
            answer = connection.getresponse()
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        except (OSError, http.client.HTTPException):
            return 0, b"", {}
        finally:
            connection.close()

    def _regulars(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "regulars.cli", *words, "--data", str(self.data)],
            capture_output=True, text=True, check=False, env=self._told,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def new_system(database: str = "") -> Iterator[System]:
    with tempfile.TemporaryDirectory(prefix="regulars-drill-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield System(Path(folder), database)
