"""Runs a set of children in a thread of its own, so that the caller's thread stays free."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from regulars.ground.processes.keeper import Child, Keeper
from regulars.ground.processes.log import LogStream
from regulars.ground.processes.status import StatusBoard


class StopRequestedError(Exception):
    """Ends the watch over the children; never leaves this module."""


class Supervisor:
    """Starts children in the order of their needs, keeps them alive, stops them in reverse.

    Its thread is the parent of all children: when it dies, the kernel ends them.
    """

    def __init__(self, children: Sequence[Child], log: LogStream, board: StatusBoard) -> None:
        self._children = children
        self._log = log
        self._board = board
        self._ready: Future[None] = Future()
        self._over: Future[None] = Future()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor")

    def start(self) -> None:
        self._thread.start()
        self._begun.wait()

    def wait_until_ready(self) -> None:
        """Return when every child is ready. Raises ChildStartError when one never will be."""
        self._ready.result()

    def wait(self) -> None:
        """Return when all has been stopped."""
        self._over.result()

    def stop(self) -> None:
        """Stop all children and return when none is left."""
        self._begun.wait()
        self._tell(self._stopping.set)
        self._thread.join()

    def kill(self) -> None:
        """End all children without grace; `stop` then returns at once."""
        self._tell(self._kill)

    def _tell(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nothing is left to be told
            self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        failure: BaseException | None = None
        try:
            asyncio.run(self._supervise())
        except BaseException as ended:  # handed to the waiting thread, whatever it is
            failure = ended
        for waited_for in (self._ready, self._over):
            if not waited_for.done():
                waited_for.set_exception(failure) if failure else waited_for.set_result(None)
        self._begun.set()

    async def _supervise(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._keepers = {c.name: Keeper(c, self._log, self._board) for c in self._children}
        self._begun.set()
        lives = [
            *(asyncio.create_task(self._keep(keeper)) for keeper in self._keepers.values()),
            asyncio.create_task(self._announce_ready()),
            asyncio.create_task(self._until_told()),
        ]
        done, _running = await asyncio.wait(lives, return_when=asyncio.FIRST_EXCEPTION)
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        await self._stop_in_order()
        for failure in filter(None, (life.exception() for life in done)):
            if not isinstance(failure, StopRequestedError):
                raise failure

    async def _keep(self, keeper: Keeper) -> None:
        await keeper.keep([self._keepers[name] for name in keeper.child.needs])

    async def _announce_ready(self) -> None:
        for keeper in self._keepers.values():
            await keeper.ready.wait()
        self._ready.set_result(None)

    async def _until_told(self) -> None:
        await self._stopping.wait()
        raise StopRequestedError

    async def _stop_in_order(self) -> None:
        stopped = {name: asyncio.Event() for name in self._keepers}

        async def stop(keeper: Keeper) -> None:
            for name in self._those_needing(keeper):
                await stopped[name].wait()
            await keeper.stop()
            stopped[keeper.child.name].set()

        await asyncio.gather(*map(stop, self._keepers.values()))

    def _those_needing(self, keeper: Keeper) -> Iterable[str]:
        return [c.name for c in self._children if keeper.child.name in c.needs]

    def _kill(self) -> None:
        for keeper in self._keepers.values():
            keeper.kill()
