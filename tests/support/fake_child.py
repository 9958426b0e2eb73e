"""Processes that exist only in memory, to be ended by the test."""

import asyncio
import signal
from collections.abc import Mapping

from innkeeper.errors import CannotStart
from innkeeper.launcher.process import Exit
from innkeeper.launcher.topology import ProcessPlan


class FakeChild:
    """A process that gets ready, stops or ends when the test says so."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Mapping[str, str]] = loop.create_future()
        self._ended: asyncio.Future[Exit] = loop.create_future()
        self.exited: asyncio.Task[Exit] = asyncio.create_task(self._wait())
        self.stops: list[float] = []
        """The limits of the stops asked for."""
        self.signals: list[signal.Signals] = []
        self.asked: list[Mapping[str, object]] = []
        self.refusal: str | None = None
        """When set, why it carries out no command."""

    def get_ready(self) -> None:
        self.ready.set_result({"inner": f"127.0.0.1:{self.pid}"})

    def end(self, status: int, *, failed: bool = False, reason: str | None = None) -> None:
        if not self._ended.done():
            self._ended.set_result(Exit(status, failed, reason))

    def signal(self, number: signal.Signals) -> None:
        self.signals.append(number)
        if number is signal.SIGKILL:
            self.kill()

    def kill(self) -> None:
        self.end(-signal.SIGKILL)

    async def ask(self, command: Mapping[str, object], limit: float) -> None:
        self.asked.append(command)
        if self.refusal is not None:
            raise CannotStart(self.refusal)

    async def stop(self, limit: float) -> None:
        self.stops.append(limit)
        self.end(0)
        await asyncio.wait({self.exited})

    async def _wait(self) -> Exit:
        return await self._ended


class FakeSpawn:
    """Starts fake processes, numbered from 1; keeps them for the test to look at."""

    def __init__(self) -> None:
        self.children: list[FakeChild] = []
        self.errors: list[OSError] = []
        """Raised by the next starts, first to last."""
        self.held: asyncio.Event | None = None
        """When set, starts wait for it."""

    async def __call__(self, plan: ProcessPlan) -> FakeChild:
        if self.held:
            await self.held.wait()
        if self.errors:
            raise self.errors.pop(0)
        child = FakeChild(len(self.children) + 1)
        self.children.append(child)
        return child


class FakeClock:
    """Time that passes only while somebody waits, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.patient = False
        """When set, waits last until what is waited for happens."""

    def __call__(self) -> float:
        return self.now

    async def wait(self, what: object, limit: float) -> None:
        self.waits.append(limit)
        assert asyncio.iscoroutine(what)
        task = asyncio.create_task(what)
        try:
            if self.patient:
                await task
            else:
                await asyncio.sleep(0)
                self.now += limit
                raise TimeoutError
        finally:
            task.cancel()
