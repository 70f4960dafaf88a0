"""One running process, seen from an event loop: its lines, its end, and how to end it."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from regulars.ground.processes.owner import Owner, bound_to_us

CHUNK = 65_536
LONGEST_LINE = 65_536


class Process:
    """A started command, leader of a process group of its own. Made in the loop's thread."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        hear: Callable[[str], None],
        owner: Owner | None = None,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self._hear = hear
        self._unfinished = b""
        self._output, child_end = os.pipe()
        self._popen = subprocess.Popen(
            bound_to_us(command, death_signal=death_signal, owner=owner),
            stdin=subprocess.DEVNULL,
            stdout=child_end,
            stderr=child_end,
            env=environment,
            start_new_session=True,
        )
        os.close(child_end)
        os.set_blocking(self._output, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._output, self._read)
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._watch = os.pidfd_open(self.pid)
        self._loop.add_reader(self._watch, self._bury)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    async def ended(self) -> int:
        """Wait for the end; the exit code, or minus the signal."""
        await asyncio.wait({self._ended})
        return self._ended.result()

    async def ends_within(self, seconds: float) -> bool:
        await asyncio.wait({self._ended}, timeout=seconds)
        return self.has_ended

    async def end(self, how: signal.Signals, grace_seconds: float) -> None:
        """Ask for the end, and force it after `grace_seconds`."""
        if self.has_ended:
            return
        self._popen.send_signal(how)
        if not await self.ends_within(grace_seconds):
            self.kill()
            await self.ended()

    def kill(self) -> None:
        """End the whole group at once. Nothing happens when it has ended."""
        if not self.has_ended:
            self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def _bury(self) -> None:
        self._loop.remove_reader(self._watch)
        os.close(self._watch)
        # What it left behind goes too; before `wait`, while its number cannot be another's.
        self._kill_group()
        code = self._popen.wait()
        self._read()
        self._close_output()
        self._ended.set_result(code)

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while self._output >= 0 and (chunk := os.read(self._output, CHUNK)):
                *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
                if len(self._unfinished) > LONGEST_LINE:
                    lines.append(self._unfinished)
                    self._unfinished = b""
                for line in lines:
                    self._say(line)
                if len(chunk) < CHUNK:
                    return
            self._close_output()

    def _close_output(self) -> None:
        if self._output >= 0:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1
            self._say(self._unfinished)
            self._unfinished = b""

    def _say(self, line: bytes) -> None:
        if text := line.decode("utf-8", "replace").rstrip():
            self._hear(text)
