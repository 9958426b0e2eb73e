"""Keeping an instance registered for as long as it serves.

    ENTER ──registered──▶ GUARD ──404: the registry forgot it──▶ ENTER
      │ ▲                  │  ▲
      └─┘ backoff          └──┘ the entry changed, or backoff: nobody knows

One task per instance walks these states. Guarding is a query that blocks on the hash of the
agent's entry, so that a lost entry is noticed at once and a registry that restarts is noticed by
its broken connection. Leaving belongs to whoever leaves `registered`: the task is ended first, so
that it cannot enter the instance again after it was taken off.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from innkeeper.errors import Unavailable
from innkeeper.registry.backoff import Backoff
from innkeeper.registry.check import Check
from innkeeper.registry.consul import Consul
from innkeeper.registry.instance import Instance
from innkeeper.registry.outage import Outage
from innkeeper.registry.pace import Pace
from innkeeper.registry.transport import Unreachable

ENTER_LIMIT = 2.0
"""Seconds that entering the context waits for the first attempt."""
LEAVE_LIMIT = 1.0
"""Seconds that leaving it may take."""

_log = logging.getLogger(__name__)


class Registration:
    """What became of an instance's entry in the registry; see `registered`."""

    def __init__(
        self,
        consul: Consul,
        instance: Instance,
        check: Check | None,
        *,
        backoff: Backoff,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.instance = instance
        self.entered = False
        """Whether the registry is believed to hold the instance."""
        self.entries = 0
        """How often the instance was entered; more than once means that it had been lost."""
        self._consul = consul
        self._check = check
        self._backoff = backoff
        self._sleep = sleep
        self._pace = Pace(clock, sleep)
        self._outage = Outage(_log, f"the registration of {instance.id}", clock)
        self._entering = asyncio.Lock()
        self._tried = asyncio.Event()

    async def keep(self) -> None:
        """Enter the instance, and again whenever it got lost. Never returns."""
        content_hash = ""
        while True:
            await self._pace.wait()
            try:
                if not self.entered:
                    await self._enter()
                content_hash = await self._guard(content_hash)
            except Unavailable as error:
                # An unreachable registry is told once by the client, for all who use it.
                if not isinstance(error, Unreachable):
                    self._outage.failed(error)
                content_hash = ""
                await self._sleep(self._backoff.delay())
            else:
                self._backoff.reset()
                self._outage.ended()

    async def wait_tried(self) -> None:
        """Wait until the registry was asked once, however that went."""
        await self._tried.wait()

    async def stop(self, keeper: asyncio.Task[None], deadline: float) -> None:
        """End the task that runs `keep`. An entry under way is let through until the deadline, a
        time of the loop: a registry can still carry out what a cancelled request asked for."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._entering.acquire()
        finally:
            keeper.cancel()
            await asyncio.wait([keeper])

    async def leave(self, deadline: float) -> None:
        """Take the instance off the registry. Never fails: an entry that stays is found by its
        check. An id that another process took over stays that one's."""
        try:
            async with asyncio.timeout_at(deadline):
                entry = await self._consul.registered(self.instance.id)
                if entry is not None and entry.is_of(self.instance):
                    await self._consul.deregister(self.instance.id)
        except (Unavailable, TimeoutError) as error:
            if self.entries:
                reason = str(error) or "the registry did not answer in time"
                name = self.instance.id
                _log.warning("%s stays registered until its check fails: %s", name, reason)
        self.entered = False

    async def _enter(self) -> None:
        try:
            async with self._entering:
                if not self.entries:
                    await self._forget_predecessor()
                await self._consul.register(self.instance, self._check)
                self.entered = True
                self.entries += 1
        finally:
            self._tried.set()
        again = " again" if self.entries > 1 else ""
        _log.info("%s registered%s at %s", self.instance.id, again, self.instance.target)

    async def _forget_predecessor(self) -> None:
        """Take a failing entry off the id: its check would keep its status, and its successor get
        no calls until it was checked anew. One that passes may be of somebody who lives."""
        if await self._consul.registered(self.instance.id) is None:
            return
        passing = await self._consul.passing(self.instance.service)
        if all(instance.id != self.instance.id for instance in passing.instances):
            await self._consul.deregister(self.instance.id)

    async def _guard(self, content_hash: str) -> str:
        """Wait for news of the entry; answers its new hash, or "" when it is gone."""
        entry = await self._consul.registered(self.instance.id, content_hash)
        self.entered = entry is not None
        return entry.content_hash if entry else ""


@asynccontextmanager
async def registered(
    consul: Consul,
    instance: Instance,
    check: Check | None = Check(),  # noqa: B008 - frozen
    *,
    enter_limit: float = ENTER_LIMIT,
    leave_limit: float = LEAVE_LIMIT,
    backoff: Backoff | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Registration]:
    """Keep the instance in the registry while the block runs. Never raises for the registry's sake.

    The block starts when the registry has the instance, or could not take it at the first attempt;
    attempts then go on in the background, after 100 ms up to 1 s. A process that registers the same
    id at another address takes it over: nobody fights for it, and it is left alone at the end.
    Otherwise the instance is off all lists before this returns.

    Args:
        check: how the registry finds out whether it serves; None when it never shall.
        enter_limit: seconds that the first attempt may hold the block back.
        leave_limit: seconds that leaving may take when the registry does not answer.
    """
    registration = Registration(
        consul, instance, check, backoff=backoff or Backoff(), clock=clock, sleep=sleep
    )
    keeper = asyncio.create_task(registration.keep(), name=f"registration of {instance.id}")
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(enter_limit):
                await registration.wait_tried()
        yield registration
    finally:
        deadline = asyncio.get_running_loop().time() + leave_limit
        await registration.stop(keeper, deadline)
        await registration.leave(deadline)
