"""Each process of the running system killed in turn: it comes back, and no number moves."""

import os
import signal
from typing import Any

import pytest
from tests.browser.system import DemoSystem, wait_until_ready
from tests.ground.processes.harness import eventually

YEAR = "/api/v1/metrics/tree?from=2017-01-01&to=2017-12-31&compare=none"
TOTAL_CENTS = 459_603_958
ASKED = 8  # often enough for every worker of the pages to have answered


def is_back(system: DemoSystem, name: str, restarts: int) -> dict[str, Any] | None:
    shown = system.processes[name]
    return shown if shown["restarts"] > restarts and shown["state"] == "ready" else None


@pytest.mark.parametrize("name", ["web", "loader", "worker", "warehouse", "postgres"])
def test_a_killed_process_comes_back_and_no_number_moves(system: DemoSystem, name: str) -> None:
    wait_until_ready(system)
    token = system.token("hq")
    before = system.get(YEAR, token)
    assert before[1]["net_cents"] == TOTAL_CENTS
    shown = system.processes[name]
    os.kill(shown["pid"], signal.SIGKILL)
    status, told = eventually(lambda: _not_ready(system))
    if status:
        away = {part: said["reason"] for part, said in told["parts"].items() if not said["ready"]}
        assert away
        assert all(away.values())
        assert name in away or name == "postgres"  # then whoever needs it may say so first
    back = eventually(lambda: is_back(system, name, shown["restarts"]))
    assert back["pid"] != shown["pid"]
    assert back["last_end"] == "was ended by SIGKILL"
    wait_until_ready(system)
    before[1]["as_of"] = ""
    for _each in range(ASKED):
        status, after = system.get(YEAR, token)
        assert status == 200
        after["as_of"] = ""
        assert after == before[1]


def _not_ready(system: DemoSystem) -> tuple[int, Any] | None:
    status, told = system.get("/readyz")
    return None if status == 200 else (status, told)
