"""What can be asked of a running system. Each operation yields what it did as it does it.

Restarting and scaling take their turns: two at a time could stop both instances of a service.
"""

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.launcher.keeper import Keeper
from innkeeper.launcher.memory import memory
from innkeeper.launcher.roles import Role, find
from innkeeper.launcher.scaling import scale
from innkeeper.launcher.supervisor import RESTART_LIMIT, Supervisor

READY_LIMIT = 30.0
"""Seconds that a process may take to get ready after a restart."""
ANSWER_LIMIT = 2.0
"""Seconds that a process may take to carry out a command."""

Facts = dict[str, object]


class Operations:
    """Carries out what clients ask for."""

    def __init__(
        self,
        supervisor: Supervisor,
        roles: Sequence[Role],
        ports: Mapping[str, int],
        *,
        memory: Callable[[int], float | None] = memory,
    ) -> None:
        """`roles` is the table of all roles, `ports` those of first instances by listener."""
        self._supervisor = supervisor
        self._roles = roles
        self._ports = ports
        self._memory = memory
        self._turn = asyncio.Lock()

    async def ps(self) -> AsyncGenerator[Facts, None]:
        """Every process as it is now."""
        for keeper in self._supervisor.keepers.values():
            status = keeper.status()
            memory = None if status.pid is None else self._memory(status.pid)
            yield {**vars(status), "memory_mb": memory}

    async def kill(self, instance: str, number: int, away: float) -> AsyncGenerator[Facts, None]:
        """Send a process a signal; it comes back after `away` seconds at the earliest."""
        keeper = self._instance(instance)
        # Of the moment before: callers may notice at once.
        done = fact("kill", instance, signal=signal.Signals(number).name)
        yield done | {"pid": keeper.strike(signal.Signals(number), away)}

    async def hang(self, instance: str, seconds: float | None) -> AsyncGenerator[Facts, None]:
        """Stop a process where it is, for so long or until it is resumed."""
        done = fact("hang", instance, seconds=seconds)
        yield done | {"pid": self._instance(instance).hang(seconds)}

    async def resume(self, instance: str) -> AsyncGenerator[Facts, None]:
        """Let a process that hangs go on."""
        done = fact("resume", instance)
        yield done | {"pid": self._instance(instance).resume()}

    async def restart(self, targets: Sequence[str]) -> AsyncGenerator[Facts, None]:
        """Replace processes one after another, each once the one before serves again."""
        chosen = {name: keeper for target in targets for name, keeper in self._named(target)}
        async with self._turn:
            for name, keeper in chosen.items():
                began = time.monotonic()
                await keeper.restart(RESTART_LIMIT)
                await self._wait_ready(keeper)
                yield fact("restart", name, **_replaced(keeper, began))

    async def scale(self, name: str, wanted: int) -> AsyncGenerator[Facts, None]:
        """Add processes of a kind, all at once, or end the last ones, one after another."""
        async with self._turn:
            keepers = self._supervisor.keepers
            plans = [keeper.plan for keeper in keepers.values()]
            change = scale(name, wanted, plans, self._roles, self._ports)
            began = time.monotonic()
            for plan in change.add:
                self._supervisor.start(plan)
            for plan in change.add:
                try:
                    await self._wait_ready(keepers[plan.name])
                except CannotStart:
                    await self._supervisor.remove(plan.name)
                    raise
                yield fact("add", plan.name, **_replaced(keepers[plan.name], began))
            for plan in change.remove:
                await self._supervisor.remove(plan.name)
                yield fact("remove", plan.name)

    async def fault(self, role: str, **fault: Any) -> AsyncGenerator[Facts, None]:
        """Have calls of a role go wrong, in every process that serves it now; without latency and
        errors, have them go well again."""
        find(self._roles, role, "fault")
        keepers = [name for name, keeper in self._named(role) if role in keeper.plan.roles]
        asked = {name: value for name, value in fault.items() if value is not None}
        command = {"command": "fault", "role": role, **asked}
        answers = [self._supervisor.keepers[name].ask(command, ANSWER_LIMIT) for name in keepers]
        outcomes = await asyncio.gather(*answers, return_exceptions=True)
        for name, outcome in zip(keepers, outcomes, strict=True):
            if outcome is None:
                yield fact("fault", name, role=role, **asked)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def _named(self, target: str) -> list[tuple[str, Keeper]]:
        """The processes of that name, kind or role.

        Raises:
            CannotStart: there is none.
        """
        found = [
            (name, keeper)
            for name, keeper in self._supervisor.keepers.items()
            if target in (name, keeper.plan.kind, *keeper.plan.roles)
        ]
        if not found:
            raise CannotStart(f"nothing here is called {target!r}; there are {self._known()}")
        return found

    def _instance(self, name: str) -> Keeper:
        keeper = self._supervisor.keepers.get(name)
        if keeper is None:
            raise CannotStart(f"no instance is called {name!r}; there are {self._known()}")
        return keeper

    def _known(self) -> str:
        return ", ".join(self._supervisor.keepers)

    async def _wait_ready(self, keeper: Keeper) -> None:
        try:
            async with asyncio.timeout(READY_LIMIT):
                await keeper.wait_ready()
        except TimeoutError:
            raise CannotStart(
                f"{keeper.plan.name} has not got ready within {READY_LIMIT:g} s, its log says why;"
                " nothing further was done"
            ) from None


def fact(did: str, instance: str, **details: object) -> Facts:
    """Something that was just done, with the moment on the clock of the wall and on the monotonic
    one, which all processes of a machine share."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"did": did, "instance": instance, "at": at, "monotonic": time.monotonic(), **details}


def _replaced(keeper: Keeper, began: float) -> Facts:
    return {"pid": keeper.status().pid, "seconds": round(time.monotonic() - began, 3)}
