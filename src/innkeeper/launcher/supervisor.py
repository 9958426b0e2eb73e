"""Starts all processes at once, keeps them running, and stops them in order."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.launcher.events import ProcessEvent
from innkeeper.launcher.keeper import Keeper, Spawn
from innkeeper.launcher.topology import ProcessPlan, Stage

RESTART_LIMIT = 3.0
# Seconds after the stop began by which a stage must be gone. What one stage leaves of its time,
# the next may use; the whole takes less than the 3 s that are promised.
STOP_BY = {Stage.EDGE: 1.4, Stage.SERVICE: 2.0, Stage.INFRASTRUCTURE: 2.4, Stage.REGISTRY: 2.6}


class Supervisor:
    """The running processes. Leaving it as a context manager stops all of them."""

    def __init__(
        self,
        spawn: Spawn,
        report: Callable[[ProcessEvent], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`spawn` starts the process of a plan; `report` hears what becomes of each."""
        self._spawn = spawn
        self._report = report
        self._clock = clock
        self._keepers: dict[str, Keeper] = {}
        self._failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> "Supervisor":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def start(self, plan: ProcessPlan) -> None:
        """Start a process and keep it running."""
        self._keepers[plan.name] = Keeper(
            plan, self._spawn, self._report, self._give_up, clock=self._clock
        )

    @property
    def keepers(self) -> Mapping[str, Keeper]:
        """Process → who keeps it running, in the order in which they were started."""
        return self._keepers

    async def remove(self, name: str) -> None:
        """Stop a process for good, in good order, and forget it."""
        await self._keepers[name].stop(RESTART_LIMIT)
        del self._keepers[name]

    async def wait_ready(self) -> None:
        """Return once every process has served.

        Raises:
            CannotStart: one of them said that it cannot start.
        """
        ready = asyncio.create_task(self._all_ready())
        try:
            either: set[asyncio.Future[Any]] = {ready, self._failure}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._failure.done():
            raise CannotStart(self._failure.result())

    def waited_for(self) -> list[str]:
        """The processes that have not served yet."""
        return [name for name, keeper in self._keepers.items() if not keeper.was_ready.is_set()]

    def addresses(self) -> dict[str, Mapping[str, str]]:
        """Process → what it listens on, as it last said."""
        return {name: keeper.addresses for name, keeper in self._keepers.items()}

    async def restart(self, names: Iterable[str]) -> None:
        """Replace processes, all at once."""
        await asyncio.gather(*(self._keepers[name].restart(RESTART_LIMIT) for name in names))

    async def stop(self) -> None:
        """End all processes in the order of their stages. Returns once they are gone."""
        began = self._clock()
        for stage, by in STOP_BY.items():
            limit = max(0.0, began + by - self._clock())
            await asyncio.gather(
                *(
                    keeper.stop(limit)
                    for keeper in self._keepers.values()
                    if keeper.plan.stage is stage
                )
            )

    def kill(self) -> None:
        """End all processes at once."""
        for keeper in self._keepers.values():
            keeper.kill()

    async def _all_ready(self) -> None:
        for keeper in list(self._keepers.values()):
            await keeper.was_ready.wait()

    def _give_up(self, reason: str) -> None:
        if not self._failure.done():
            self._failure.set_result(reason)
