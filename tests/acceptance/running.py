"""A whole system of its own: `regulars up` on a small chain, to be beaten, killed and asked."""

import atexit
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
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
KEYS = """
import sys
from pathlib import Path
from regulars import cli
with cli._attached(Path(sys.argv[1])):
    from regulars.ground.accounts.service import create_user, issue_token
    from regulars.know.collect.service import make_source
    user = create_user(None, "driller", "a long enough password", "administrator")
    print(issue_token(None, user))
    print(make_source(None, "drill", "segment")[1])
    print(make_source(None, "tills", "webhook", {"kind": "lines"})[1])
"""


@dataclass(frozen=True)
class Keys:
    """What opens the small chain: an API token, a write key, and the secret of the source tills."""

    token: str
    write_key: str
    tills: str


@contextmanager
def new_folder() -> Iterator[Path]:
    """One that the database's unprivileged user can reach."""
    with tempfile.TemporaryDirectory(prefix="regulars-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def begin_in(data: Path) -> Path:
    """Make the data folder as a first start leaves it, with nothing in it."""
    return _copied(_begun(), data)


def settle_in(data: Path) -> Keys:
    """Make the data folder with a small chain in it."""
    folder, keys = _settled()
    _copied(folder, data)
    return keys


@cache
def _begun() -> Path:
    """Once a run: to make a database takes longer than most tests."""
    data = _kept_folder() / "begun"
    data.mkdir()
    _python("-c", KEYS.partition("    from")[0] + "    pass", str(data))
    return data


@cache
def _settled() -> tuple[Path, Keys]:
    data = begin_in(_kept_folder() / "settled")
    files = data.with_name("files")
    files.mkdir()
    for name, text in FILES.items():
        (files / name).write_text(text, "utf-8")
    _python("-m", "regulars.cli", "import", str(files), "--data", str(data))
    return data, Keys(*_python("-c", KEYS, str(data)).split()[-3:])


@cache
def _kept_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="regulars-kept-", dir="/tmp"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder)
    return folder


def _copied(folder: Path, to: Path) -> Path:
    """With the same owners; nothing runs there."""
    subprocess.run(["cp", "-a", str(folder), str(to)], check=True)
    return to


def _python(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, env=own_environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class System:
    """`regulars up` on a folder of its own with a small chain in it, which `keys` open."""

    def __init__(self, folder: Path) -> None:
        self.data, self.port = folder / "data", free_port()
        self.keys = settle_in(self.data)
        self.log = folder / "log"
        self._log = self.log.open("w+")

    def start(self, database: str = "") -> None:
        """With a PostgreSQL of its own or the given one."""
        command = ["-m", "regulars.cli", "up", "--data", str(self.data), "--port", str(self.port)]
        given = {"DATABASE_URL": database} if database else {}
        self._process = subprocess.Popen(
            bound_to_us([sys.executable, *command]),
            stdout=self._log, stderr=subprocess.STDOUT, env=own_environment() | given,
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


@contextmanager
def new_system() -> Iterator[System]:
    with new_folder() as folder:
        yield System(folder)
