"""The life of one child: started when what it needs is ready, watched, started again, stopped."""

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes import rules, status
from regulars.ground.processes.log import LogStream
from regulars.ground.processes.owner import Owner
from regulars.ground.processes.process import Process
from regulars.ground.processes.status import StatusBoard

TAIL_LINES = 20
ENDED = _("%(name)s does not start: it ended with code %(code)s. Its last lines:\n%(lines)s")
KILLED = _("%(name)s does not start: it was ended by %(signal)s. Its last lines:\n%(lines)s")


class ChildStartError(UserError):
    """A child ended again and again before it was ready; the message holds its last lines."""


@dataclass(frozen=True)
class Child:
    """What to run, and how to tell that it does what it should.

    `why_not_ready` is asked in a thread: None means ready, else it says why not; what it raises
    is such a reason too. Without it a child is ready once it has lived for `settle_seconds`.
    A child that runs `once` is ready when it has ended well. `needs` names the children that must
    be ready before it starts and that stop after it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    needs: tuple[str, ...] = ()
    before_start: Callable[[], None] | None = None
    why_not_ready: Callable[[], str | None] | None = None
    settle_seconds: float = 1.0
    once: bool = False
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 15.0


class Keeper:
    """Keeps one child alive until it is stopped."""

    def __init__(self, child: Child, log: LogStream, board: StatusBoard) -> None:
        self.child = child
        self.ready = asyncio.Event()
        self._log = log
        self._board = board
        self._process: Process | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

    async def keep(self, needed: Iterable["Keeper"]) -> None:
        """Run until cancelled, or, for a child that runs `once`, until its end.

        Raises ChildStartError when it does not come up. Cancelling leaves the process to `stop`.
        """
        for other in needed:
            await other.ready.wait()
        failures = 0
        while True:
            began = time.monotonic()
            process = self._start()
            await self._watch(process, began)
            code = await process.ended()
            if self.child.once and code == 0:
                self._finish(began)
                return
            failures = rules.count_failures(failures, time.monotonic() - began)
            await self._pause(code, failures)

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.end(self.child.stop_signal, self.child.grace_seconds)
        self._board.show(self.child.name, status.STOPPED, pid=None)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _start(self) -> Process:
        if self.child.before_start is not None:
            self.child.before_start()
        self._process = Process(
            self.child.command,
            self.child.environment,
            hear=self._hear,
            owner=self.child.owner,
            death_signal=self.child.death_signal,
        )
        self._board.show(self.child.name, status.STARTING, pid=self._process.pid)
        return self._process

    async def _watch(self, process: Process, began: float) -> None:
        """Ask whether the process is ready, again and again, until it ends."""
        if self.child.once:
            return
        pause = 0.0
        while not await process.ends_within(pause):
            reason = await self._why_not_ready(began)
            if not process.has_ended:
                self._show_readiness(reason, began)
            pause = rules.look_again_after(pause, is_ready=reason is None)

    async def _why_not_ready(self, began: float) -> str | None:
        if self.child.why_not_ready is None:
            settled = time.monotonic() - began >= self.child.settle_seconds
            return None if settled else "has just started"
        try:
            return await asyncio.to_thread(self.child.why_not_ready)
        except Exception as unexpected:  # whatever a check raises is its answer
            return f"{type(unexpected).__name__}: {unexpected}"

    def _show_readiness(self, reason: str | None, began: float) -> None:
        if reason is not None:
            state = status.UNREADY if self.ready.is_set() else status.STARTING
            self._board.show(self.child.name, state, reason=reason)
            return
        self._board.show(self.child.name, status.READY)
        if not self.ready.is_set():
            self._log.say(f"{self.child.name} is ready ({time.monotonic() - began:.1f} s)")
            self.ready.set()

    def _finish(self, began: float) -> None:
        self._board.show(self.child.name, status.DONE, pid=None)
        self._log.say(f"{self.child.name} is done ({time.monotonic() - began:.1f} s)")
        self.ready.set()

    async def _pause(self, code: int, failures: int) -> None:
        end = rules.describe_end(code)
        if not self.ready.is_set() and (self.child.once or failures >= rules.TRIES_TO_START):
            how = ENDED if code >= 0 else KILLED
            facts = {"name": self.child.name, "code": code, "signal": rules.signal_of(code)}
            raise ChildStartError(how, facts=facts | {"lines": "\n".join(self._tail)})
        pause = rules.pause_after(failures)
        self._log.say(f"{self.child.name} {end}; starting it again in {pause:g} s", "warning")
        self._board.show_restart(self.child.name, last_end=end)
        await asyncio.sleep(pause)

    def _hear(self, line: str) -> None:
        self._tail.append(line)
        self._log.write(self.child.name, line)
