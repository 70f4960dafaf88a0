"""The web process, with an application of the test's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ground.processes.harness import eventually, free_port, is_running

from regulars.ground.processes.children import why_not_serving

APPLICATION = """
async def application(scope, receive, send):
    status = 200 if scope["path"] == "/healthz" else 404
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"well"})
"""
SERVE = (
    "import sys; from regulars.ground.processes import web;"
    "web.APPLICATION = 'small_application.application'; web.serve('127.0.0.1', int(sys.argv[1]))"
)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "small_application.py").write_text(APPLICATION)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    eventually(lambda: why_not_serving("127.0.0.1", port) is None)
    yield process
    process.kill()
    process.communicate()


def worker_of(process: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[-1])


def test_it_stops_cleanly(server: subprocess.Popen[bytes]) -> None:
    worker = worker_of(server)
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=10) == 0
    assert not is_running(worker)


def test_its_worker_does_not_outlive_it(server: subprocess.Popen[bytes], port: int) -> None:
    worker = worker_of(server)
    server.kill()
    eventually(lambda: not is_running(worker))
    assert why_not_serving("127.0.0.1", port) is not None
