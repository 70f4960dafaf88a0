"""`regulars up`: puts a whole system together, runs it, and takes it down again."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes import postgres
from regulars.ground.processes.children import System, children_of
from regulars.ground.processes.doors import check_port_is_free, web_address
from regulars.ground.processes.instance import (
    only_instance,
    publish_environment,
    withdraw_environment,
)
from regulars.ground.processes.keeper import Child
from regulars.ground.processes.log import LogStream, log_stream
from regulars.ground.processes.places import make_private, remove_if_empty, runtime_folder
from regulars.ground.processes.signals import interrupt, stop_signals
from regulars.ground.processes.status import StatusBoard
from regulars.ground.processes.supervisor import Supervisor

# One key press can reach us twice, through the terminal and through `make`.
SECOND_THOUGHT_SECONDS = 1.0


def up(
    data_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    when_ready: Callable[[str], None] | None = None,
    children: Callable[[System], Sequence[Child]] = children_of,
) -> None:
    """Run the system on `data_dir` until Ctrl-C, SIGTERM or SIGHUP; return when all has stopped.

    Once every part is ready, `when_ready` is called with the address, in this thread and with
    the system's environment in `os.environ`, while the parts are watched; Ctrl-C ends it too.
    Call from the main thread, and before anything reads Django's settings: these take the
    database from the environment, which is known in `when_ready` only. Raises UserError: already
    running, busy port, unreachable database, a part that does not start.
    """
    log = log_stream()
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    address = web_address(host, port)
    with suppress(KeyboardInterrupt), stop_signals(interrupt), only_instance(data_dir, address):
        check_port_is_free(host, port)
        system = assemble(data_dir, host, port, log)
        try:
            with part_of(system):
                _run(children(system), system, log, when_ready)
        finally:
            _clear(system)


def assemble(data_dir: Path, host: str, port: int, log: LogStream) -> System:
    """Decide on the database (made on first use) and on where everything stands."""
    cluster = None
    if url := os.environ.get("DATABASE_URL"):
        check_database(url)
    else:
        log.say("looking for the database in the data folder; the first start makes it")
        cluster = postgres.ensure_cluster(data_dir)
        url = cluster.url
    runtime = runtime_folder(data_dir)
    make_private(runtime)
    return System(data_dir, runtime, host, port, url, cluster)


def check_database(url: str) -> None:
    """Raise UserError when the server that `url` names does not answer."""
    if reason := postgres.why_not_reachable(url):
        raise UserError(
            _("The database that DATABASE_URL names does not answer: %(reason)s"),
            facts={"reason": reason},
        )


def _run(
    children: Sequence[Child],
    system: System,
    log: LogStream,
    when_ready: Callable[[str], None] | None,
) -> None:
    board = StatusBoard(system.status_file, [child.name for child in children])
    supervisor = Supervisor(children, log, board)
    withdraw_environment(system.data_dir)
    try:
        supervisor.start()
        supervisor.wait_until_ready()
        publish_environment(system.data_dir, system.environment)
        log.say(f"regulars is up at {system.url}")
        if when_ready is not None:
            when_ready(system.url)
        supervisor.wait()
    finally:
        with stop_signals(_kill_on_second_thought(supervisor)):
            log.say("stopping")
            supervisor.stop()
            log.say("all processes have stopped")


def _clear(system: System) -> None:
    withdraw_environment(system.data_dir)
    for left in (system.status_file, system.warehouse_socket):
        left.unlink(missing_ok=True)
    remove_if_empty(system.runtime)
    if system.cluster:
        remove_if_empty(system.cluster.sockets)


@contextmanager
def part_of(system: System) -> Iterator[None]:
    """Make this process, too, one that reaches the system, for as long as the block runs."""
    before = dict(os.environ)
    os.environ.update(system.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _kill_on_second_thought(
    supervisor: Supervisor,
) -> Callable[[int, FrameType | None], None]:
    began = time.monotonic()

    def kill(_number: int, _frame: FrameType | None) -> None:
        if time.monotonic() - began > SECOND_THOUGHT_SECONDS:
            supervisor.kill()

    return kill
