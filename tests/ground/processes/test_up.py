"""A whole system: up, down, and after accidents."""

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.ground.processes.harness import SmallSystem, eventually, is_running

from regulars.ground.processes import service

Start = Callable[..., SmallSystem]


def ready_again(shown: dict[str, Any]) -> dict[str, Any] | None:
    return shown if shown["restarts"] and shown["state"] == "ready" else None


def test_ctrl_c_ends_every_process_and_each_log_line_is_a_json_object_naming_its_process(
    start: Start, data_dir: Path
) -> None:
    system = start()
    assert set(system.wait_until_up()) == {"postgres", "steady", "other"}
    system.signal(signal.SIGINT)
    code, output = system.finish()
    assert code == 0, output
    assert system.members() == []
    records = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert {record["process"] for record in records} == {"regulars", "postgres", "steady"}
    assert "database system is shut down" in {r["message"].removeprefix("LOG:  ") for r in records}
    hello = next(record for record in records if record["process"] == "steady")
    assert hello["message"] == f"[WARNING] hello from {data_dir}"
    assert hello["level"] == "warning"
    assert hello["ts"].endswith("+00:00")


def test_sigterm_ends_every_process_and_text_lines_begin_with_time_and_process(
    start: Start, data_dir: Path
) -> None:
    system = start(REGULARS_LOG="text")
    system.wait_until_up()
    system.signal(signal.SIGTERM)
    code, output = system.finish()
    assert code == 0, output
    assert system.members() == []
    lines = {line.partition(" ")[2] for line in output.splitlines()}
    assert f"steady    [WARNING] hello from {data_dir}" in lines


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_a_stop_while_the_caller_is_at_work_ends_every_process(
    start: Start, how: signal.Signals
) -> None:
    system = start("dawdle")
    system.wait_until_up()
    system.signal(how)
    code, output = system.finish()
    assert code == 0, output
    assert system.members() == []


def test_no_child_outlives_a_killed_supervisor_and_the_next_start_has_what_was_committed(
    start: Start, data_dir: Path
) -> None:
    first = start()
    pids = first.wait_until_up()
    environment = eventually(lambda: service.find_environment(data_dir))
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.signal(signal.SIGKILL)
    code, _output = first.finish()
    assert code == -signal.SIGKILL
    eventually(lambda: not any(map(is_running, pids.values())) and not first.members())
    assert set(start().wait_until_up()) == set(pids)
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_database_that_dies_is_started_again_and_the_others_stay(start: Start) -> None:
    system = start()
    before = system.wait_until_up()
    os.kill(before["postgres"], signal.SIGKILL)
    shown = eventually(lambda: ready_again(system.processes["postgres"]))
    assert shown["pid"] != before["postgres"]
    assert shown["last_end"] == "was ended by SIGKILL"
    assert system.processes["steady"]["pid"] == before["steady"]


def test_a_busy_port_is_named_before_anything_starts(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, output = start(port=port).finish()
    assert code == 1
    assert f"port {port}: Address already in use" in output
    assert "--port" in output
    assert "looking for the database" not in output


def test_a_second_system_on_the_same_data_is_refused_with_the_first_ones_address(
    start: Start, data_dir: Path
) -> None:
    first = start(port=None)
    first.wait_until_up()
    code, output = start().finish()
    assert code == 1
    assert f"already runs on {data_dir}" in output
    assert "http://127.0.0.1:" in output


def test_a_command_reaches_the_running_system_or_else_the_database_alone(
    start: Start, data_dir: Path
) -> None:
    system = start()
    system.wait_until_up()
    eventually(lambda: service.find_environment(data_dir))
    with service.attached(data_dir) as environment:
        assert environment["REGULARS_WAREHOUSE"].startswith("grpc+unix:///tmp/")
    system.signal(signal.SIGTERM)
    system.finish()
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("DATABASE_URL", raising=False)
        with service.attached(data_dir) as environment:
            assert "REGULARS_WAREHOUSE" not in environment
            psycopg.connect(environment["DATABASE_URL"]).close()
