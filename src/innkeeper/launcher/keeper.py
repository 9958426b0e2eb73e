"""Keeps one process of the topology running.

A single task starts the process, waits until it ends and starts it again; everybody else only
leaves a wish (`stop`, `restart`, `kill`) and ends or wakes what the task waits for. The task is
never cancelled, so no process can slip away between being started and being known.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from innkeeper.launcher.backoff import Backoff
from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.process import Exit
from innkeeper.launcher.topology import ProcessPlan


class Running(Protocol):
    """What a keeper needs of a process; see `process.Child`."""

    pid: int
    ready: asyncio.Future[Mapping[str, str]]
    exited: asyncio.Task[Exit]

    def kill(self) -> None: ...
    async def stop(self, limit: float) -> None: ...


Spawn = Callable[[ProcessPlan], Awaitable[Running]]
"""Starts the process of a plan; raises OSError when the system cannot."""


class Keeper:
    """One process and its successors."""

    def __init__(
        self,
        plan: ProcessPlan,
        spawn: Spawn,
        report: Callable[[ProcessEvent], None],
        give_up: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[Awaitable[object], float], Awaitable[object]] = asyncio.wait_for,
    ) -> None:
        """`give_up` gets the reason when the process says, before it ever served, that it cannot
        start; it is not tried again. `clock` and `wait` (for something, at most so many seconds,
        else TimeoutError) are there for tests."""
        self.plan = plan
        self.was_ready = asyncio.Event()
        self.addresses: Mapping[str, str] = {}
        self._spawn = spawn
        self._report = report
        self._give_up = give_up
        self._clock = clock
        self._wait = wait
        self._backoff = Backoff()
        self._child: Running | None = None
        self._stop_wanted = False
        self._restart_wanted = False
        self._wish = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"keep {plan.name}")

    async def stop(self, limit: float) -> None:
        """End the process within `limit` seconds, for good. Returns once it is gone."""
        self._stop_wanted = True
        self._wish.set()
        if self._child:
            await self._child.stop(limit)
        await asyncio.wait({self._task})

    def kill(self) -> None:
        """End the process at once, for good."""
        self._stop_wanted = True
        self._wish.set()
        if self._child:
            self._child.kill()

    async def restart(self, limit: float) -> None:
        """Put a new process in the place of this one, which gets `limit` seconds to stop. One
        that is waiting to be started again is started now."""
        self._restart_wanted = True
        self._wish.set()
        if self._child:
            await self._child.stop(limit)

    async def _run(self) -> None:
        while not self._stop_wanted:
            self._restart_wanted = False
            self._wish.clear()
            up = await self._run_once()
            if self._restart_wanted and not self._stop_wanted:
                self._tell(State.RESTARTING, reason="asked for", delay=0.0)
            elif not self._stop_wanted:
                delay = self._backoff.delay(up)
                self._tell(State.RESTARTING, delay=delay)
                with contextlib.suppress(TimeoutError):
                    await self._wait(self._wish.wait(), delay)
        self._tell(State.STOPPED)

    async def _run_once(self) -> float:
        """Start the process and see it through. Returns for how many seconds it served."""
        started = self._clock()
        try:
            child = await self._spawn(self.plan)
        except OSError as error:
            self._tell(State.DIED, reason=f"it cannot be started: {error.strerror or error}")
            return 0.0
        self._child = child
        self._tell(State.STARTING, pid=child.pid)
        if self._wish.is_set():
            # The wish came while there was no process to tell yet; this one did nothing so far.
            child.kill()
        up = await self._follow(child, started)
        exit_ = await child.exited
        self._child = None
        if not self._wish.is_set():
            self._tell(State.DIED, pid=child.pid, status=exit_.status, reason=exit_.reason)
            if exit_.failed and not self.was_ready.is_set():
                self._stop_wanted = True
                self._give_up(exit_.reason or f"{self.plan.name} cannot start")
        return up

    async def _follow(self, child: Running, started: float) -> float:
        either: set[asyncio.Future[Any]] = {child.ready, child.exited}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not child.ready.done():
            return 0.0
        ready_at = self._clock()
        self.addresses = child.ready.result()
        self.was_ready.set()
        self._tell(
            State.READY,
            pid=child.pid,
            ms=round(1000 * (ready_at - started)),
            addresses=self.addresses,
        )
        await asyncio.wait({child.exited})
        return self._clock() - ready_at

    def _tell(self, state: State, **details: Any) -> None:
        self._report(ProcessEvent(self.plan.name, self.plan.roles, state, **details))
