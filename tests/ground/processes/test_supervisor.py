"""Children under a supervisor in this process."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ground.processes.harness import eventually, is_running

from regulars.ground.processes import rules
from regulars.ground.processes.keeper import Child, ChildStartError
from regulars.ground.processes.log import LogStream
from regulars.ground.processes.status import StatusBoard, read_json
from regulars.ground.processes.supervisor import Supervisor

SLEEP = "import time; time.sleep(1000)"


class Watched:
    """A supervisor and what its status file says."""

    def __init__(self, folder: Path, *children: Child) -> None:
        self.path = folder / "status.json"
        board = StatusBoard(self.path, [child.name for child in children])
        log = LogStream(as_json=False, coloured=False)
        self.supervisor = Supervisor(children, log, board)

    def of(self, name: str) -> dict[str, Any]:
        return dict(read_json(self.path)["processes"][name])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(rules, "LOOK_AGAIN_SECONDS", 0.1)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    begun: list[Watched] = []

    def start(*children: Child) -> Watched:
        begun.append(Watched(tmp_path, *children))
        begun[-1].supervisor.start()
        return begun[-1]

    yield start
    for watched in begun:
        watched.supervisor.stop()


def is_ready(shown: dict[str, Any]) -> dict[str, Any] | None:
    return shown if shown["state"] == "ready" else None


def python(name: str, program: str, **traits: Any) -> Child:
    traits = {"settle_seconds": 0.05, **traits}
    return Child(name, [sys.executable, "-c", program], os.environ, **traits)


def test_a_child_that_dies_is_started_again(watch: Callable[..., Watched]) -> None:
    watched = watch(python("sleeper", SLEEP))
    watched.supervisor.wait_until_ready()
    first = watched.of("sleeper")["pid"]
    os.kill(first, signal.SIGKILL)
    eventually(
        lambda: watched.of("sleeper")["state"] == "ready" and watched.of("sleeper")["restarts"]
    )
    shown = watched.of("sleeper")
    assert shown["pid"] != first
    assert shown["restarts"] == 1
    assert shown["last_end"] == "was ended by SIGKILL"


def test_children_start_after_what_they_need_and_stop_before_it(
    watch: Callable[..., Watched], tmp_path: Path
) -> None:
    told = tmp_path / "told"
    program = (
        "import signal, sys, time\n"
        f"def tell(what): open({str(told)!r}, 'a').write(what + '\\n')\n"
        "def end(*_): tell('{0} ends'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); tell('{0} begins'); time.sleep(1000)\n"
    )
    once = f"open({str(told)!r}, 'a').write('once\\n')"
    watched = watch(
        python("upper", program.replace("{0}", "upper"), needs=("once",), settle_seconds=0.3),
        python("once", once, needs=("lower",), once=True),
        python("lower", program.replace("{0}", "lower"), settle_seconds=0.3),
    )
    watched.supervisor.wait_until_ready()
    assert watched.of("once")["state"] == "done"
    watched.supervisor.stop()
    assert told.read_text().split("\n")[:-1] == [
        "lower begins",
        "once",
        "upper begins",
        "upper ends",
        "lower ends",
    ]
    assert watched.of("lower")["state"] == "stopped"


def test_a_child_that_never_comes_up_is_given_up_with_its_last_words(
    watch: Callable[..., Watched],
) -> None:
    watched = watch(
        python("sleeper", SLEEP),
        python("broken", "raise SystemExit('no such file')", settle_seconds=60),
    )
    with pytest.raises(ChildStartError, match=r"(?s)broken does not start.*code 1.*no such file"):
        watched.supervisor.wait_until_ready()
    assert watched.of("broken")["restarts"] == rules.TRIES_TO_START - 1
    assert not is_running(watched.of("sleeper")["pid"] or -1)


def test_a_step_that_fails_is_not_tried_again(watch: Callable[..., Watched]) -> None:
    watched = watch(python("step", "raise SystemExit(3)", once=True))
    with pytest.raises(ChildStartError, match="code 3"):
        watched.supervisor.wait_until_ready()


def test_a_command_that_does_not_exist_is_named(watch: Callable[..., Watched]) -> None:
    watched = watch(Child("absent", ["/no/such/program"], os.environ, settle_seconds=60))
    with pytest.raises(ChildStartError, match="/no/such/program: No such file"):
        watched.supervisor.wait_until_ready()


def test_a_child_that_does_not_stop_is_killed_after_its_grace(
    watch: Callable[..., Watched], tmp_path: Path
) -> None:
    deaf = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(tmp_path / 'deaf')!r}).touch(); time.sleep(1000)"
    )
    watched = watch(python("deaf", deaf, grace_seconds=0.2))
    eventually((tmp_path / "deaf").exists)
    pid = watched.of("deaf")["pid"]
    began = time.monotonic()
    watched.supervisor.stop()
    assert 0.2 <= time.monotonic() - began < 2
    assert not is_running(pid)


def test_what_a_dead_child_started_dies_too(watch: Callable[..., Watched], tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    parent = (
        "import pathlib, subprocess, sys, time;"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]);"
        f"pathlib.Path({str(noted)!r}).write_text(str(p.pid)); time.sleep(1000)"
    )
    watched = watch(python("parent", parent))
    grandchild = int(eventually(lambda: noted.exists() and noted.read_text()))
    os.kill(watched.of("parent")["pid"], signal.SIGKILL)
    eventually(lambda: not is_running(grandchild))


def test_a_ready_child_that_falls_silent_is_shown_with_the_reason(
    watch: Callable[..., Watched],
) -> None:
    answers = {"reason": None}

    def check() -> str | None:
        if answers["reason"]:
            raise TimeoutError(answers["reason"])
        return None

    watched = watch(python("server", SLEEP, why_not_ready=check))
    watched.supervisor.wait_until_ready()
    answers["reason"] = "no answer for 5 s"  # type: ignore[assignment]
    shown = eventually(lambda: watched.of("server")["state"] == "unready" and watched.of("server"))
    assert shown["reason"] == "TimeoutError: no answer for 5 s"
    answers["reason"] = None
    eventually(lambda: is_ready(watched.of("server")))


def test_long_output_without_line_ends_comes_through(
    watch: Callable[..., Watched], capsys: pytest.CaptureFixture[str]
) -> None:
    watched = watch(python("talker", "print('x' * 300_000); print('end', end='')", once=True))
    watched.supervisor.wait_until_ready()
    watched.supervisor.stop()
    written = capsys.readouterr().out
    assert written.count("x") == 300_000
    assert "talker    end\n" in written
