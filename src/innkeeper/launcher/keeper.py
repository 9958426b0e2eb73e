"""Keeps one process of the topology running.

A single task starts the process, waits until it ends and starts it again; everybody else only
leaves a wish (`stop`, `restart`, `kill`) and ends or wakes what the task waits for, or makes the
process suffer (`strike`, `hang`). The task is never cancelled, so no process can slip away between
being started and being known.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from innkeeper.errors import CannotStart
from innkeeper.launcher.backoff import Backoff
from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.process import Exit
from innkeeper.launcher.status import Status
from innkeeper.launcher.topology import ProcessPlan


class Running(Protocol):
    """What a keeper needs of a process; see `process.Child`."""

    pid: int
    ready: asyncio.Future[Mapping[str, str]]
    exited: asyncio.Task[Exit]

    def signal(self, number: signal.Signals) -> None: ...
    def kill(self) -> None: ...
    async def stop(self, limit: float) -> None: ...
    async def ask(self, command: Mapping[str, object], limit: float) -> None: ...


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
        self._state = State.STARTING
        self._changed = asyncio.Event()
        self._child: Running | None = None
        self._starts = 0
        self._ready_at: float | None = None
        self._away_until = 0.0
        self._hung = False
        self._resuming: asyncio.TimerHandle | None = None
        self._failure: str | None = None
        self._stop_wanted = False
        self._restart_wanted = False
        self._wish = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"keep {plan.name}")

    def status(self) -> Status:
        """What is to be said of it now."""
        since = self._ready_at
        return Status(
            instance=self.plan.name,
            roles=self.plan.roles,
            state=State.HUNG if self._hung else self._state,
            pid=self._child.pid if self._child else None,
            addresses={} if since is None else self.addresses,
            uptime=None if since is None else self._clock() - since,
            restarts=max(0, self._starts - 1),
        )

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
        that is waiting to be started again is started now. Returns once the old one is gone."""
        self._restart_wanted = True
        self._away_until = 0.0
        self._wish.set()
        if child := self._child:
            await child.stop(limit)
            while self._child is child:
                await self._changed.wait()

    async def wait_ready(self) -> None:
        """Return once there is a process that serves.

        Raises:
            CannotStart: it was ended for good; the text is the reason where that is known.
        """
        while self._state is not State.READY:
            if self._state is State.STOPPED:
                raise CannotStart(self._failure or f"{self.plan.name} was stopped")
            await self._changed.wait()

    def strike(self, number: signal.Signals, away: float = 0.0) -> int:
        """Send the process a signal and return its pid. When it dies of it, it is started again
        after `away` seconds at the earliest.

        Raises:
            CannotStart: there is no process.
        """
        child = self._running()
        self._away_until = self._clock() + away
        child.signal(number)
        return child.pid

    def hang(self, seconds: float | None = None) -> int:
        """Stop the process where it is, as if it hung, until it is resumed or so many seconds
        have passed. Returns its pid.

        Raises:
            CannotStart: there is no process.
        """
        child = self._running()
        self._forget_hang()
        child.signal(signal.SIGSTOP)
        self._hung = True
        if seconds is not None:
            self._resuming = asyncio.get_running_loop().call_later(seconds, self.resume)
        self._tell(State.HUNG, pid=child.pid, delay=seconds)
        return child.pid

    def resume(self) -> int:
        """Let the process go on, and return its pid.

        Raises:
            CannotStart: there is no process, or it was not told to hang.
        """
        child = self._running()
        if not self._hung:
            raise CannotStart(f"{self.plan.name} does not hang")
        self._forget_hang()
        child.signal(signal.SIGCONT)
        self._tell(State.RESUMED, pid=child.pid)
        return child.pid

    async def ask(self, command: Mapping[str, object], limit: float) -> None:
        """Have the process carry out a command, within `limit` seconds.

        Raises:
            CannotStart: there is no process, or it did not; the text says why.
        """
        await self._running().ask(command, limit)

    async def _run(self) -> None:
        while not self._stop_wanted:
            self._restart_wanted = False
            self._wish.clear()
            up = await self._run_once()
            if self._restart_wanted and not self._stop_wanted:
                self._tell(State.RESTARTING, reason="asked for", delay=0.0)
            elif not self._stop_wanted:
                delay = max(self._backoff.delay(up), self._away_until - self._clock())
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
        self._starts += 1
        self._tell(State.STARTING, pid=child.pid)
        if self._wish.is_set():
            # The wish came while there was no process to tell yet; this one did nothing so far.
            child.kill()
        up = await self._follow(child, started)
        exit_ = await child.exited
        self._child = None
        self._ready_at = None
        self._forget_hang()
        if not self._wish.is_set():
            for_good = exit_.failed and not self.was_ready.is_set()
            self._tell(
                State.DIED,
                pid=child.pid,
                status=exit_.status,
                reason=exit_.reason,
                for_good=for_good or None,
            )
            if for_good:
                self._stop_wanted = True
                self._failure = exit_.reason or f"{self.plan.name} cannot start"
                self._give_up(self._failure)
        return up

    async def _follow(self, child: Running, started: float) -> float:
        either: set[asyncio.Future[Any]] = {child.ready, child.exited}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not child.ready.done():
            return 0.0
        ready_at = self._ready_at = self._clock()
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

    def _running(self) -> Running:
        if self._child is None:
            raise CannotStart(f"{self.plan.name} has no process at the moment: it is {self._state}")
        return self._child

    def _forget_hang(self) -> None:
        self._hung = False
        if self._resuming is not None:
            self._resuming.cancel()
            self._resuming = None

    def _tell(self, state: State, **details: Any) -> None:
        if state not in (State.HUNG, State.RESUMED):
            self._state = state
        self._report(ProcessEvent(self.plan.name, self.plan.roles, state, **details))
        self._changed.set()
        self._changed = asyncio.Event()
