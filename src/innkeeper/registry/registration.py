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
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from innkeeper.errors import Unavailable
from innkeeper.registry.backoff import Backoff
from innkeeper.registry.check import Check
from innkeeper.registry.consul import Consul
from innkeeper.registry.instance import Instance
from innkeeper.registry.outage import Outage
from innkeeper.registry.transport import Unreachable

ENTER_LIMIT = 2.0
"""Seconds that entering the context waits for the first attempt."""
LEAVE_LIMIT = 1.0
"""Seconds that leaving may take."""
GUARD_GAP = 0.5
"""Seconds between two guarding queries at least, for a registry that does not block them."""

_log = logging.getLogger(__name__)


class Registration:
    """What became of an instance's entry in the registry."""

    def __init__(
        self,
        consul: Consul,
        instance: Instance,
        check: Check | None,
        *,
        backoff: Backoff,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.instance = instance
        self.entries = 0
        """How often the instance was entered; more than once means that it had been lost."""
        self._consul = consul
        self._check = check
        self._backoff = backoff
        self._sleep = sleep
        self._entered = False
        self._entering = asyncio.Lock()
        self._tried = asyncio.Event()
        self._outage = Outage(_log, f"the registration of {instance.id}")

    @property
    def entered(self) -> bool:
        """Whether the registry is believed to hold the instance."""
        return self._entered

    async def wait_tried(self) -> None:
        """Wait until the registry was asked once, however that went."""
        await self._tried.wait()

    async def keep(self) -> None:
        """Enter the instance and enter it again whenever it got lost. Never returns."""
        content_hash = ""
        while True:
            try:
                if not self._entered:
                    await self._enter()
                    content_hash = ""
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
                if self._entered:
                    await self._sleep(GUARD_GAP)
            finally:
                self._tried.set()

    async def leave(self) -> None:
        """Take the instance off the registry. Bounded in time and never fails: an entry that
        stays is found by its check."""
        try:
            async with asyncio.timeout(LEAVE_LIMIT):
                entry = await self._consul.registered(self.instance.id)
                if entry is not None and entry.is_of(self.instance):
                    await self._consul.deregister(self.instance.id)
        except (Unavailable, TimeoutError) as error:
            reason = str(error) or f"no answer within {LEAVE_LIMIT:g} s"
            _log.warning("%s stays registered until its check fails: %s", self.instance.id, reason)

    async def stop(self, keeper: asyncio.Task[None]) -> None:
        """End the task that runs `keep`. An entry under way is let through first, within limits:
        the registry could still carry out what a cancelled request asked for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_LIMIT):
                await self._entering.acquire()
        keeper.cancel()
        await asyncio.wait([keeper])

    async def _enter(self) -> None:
        async with self._entering:
            await self._consul.register(self.instance, self._check)
            self._entered = True
            self.entries += 1
        _log.info(
            "%s registered at %s%s",
            self.instance.id,
            self.instance.target,
            " again" if self.entries > 1 else "",
        )

    async def _guard(self, content_hash: str) -> str:
        entry = await self._consul.registered(self.instance.id, content_hash)
        if entry is None:
            self._entered = False
            return ""
        return entry.content_hash


@asynccontextmanager
async def registered(
    consul: Consul,
    instance: Instance,
    check: Check | None = Check(),  # noqa: B008 - frozen
    *,
    backoff: Backoff | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Registration]:
    """Keep the instance in the registry while the block runs.

    The block starts when the registry has it, or could not take it at the first attempt: then
    attempts go on in the background, after 100 ms up to 1 s. A second process that registers the
    same id elsewhere takes it over: nobody fights over it, and this one leaves it alone at the end.
    At the end the instance is off the lists before this returns, within about a second even when
    the registry hangs.
    """
    registration = Registration(consul, instance, check, backoff=backoff or Backoff(), sleep=sleep)
    keeper = asyncio.create_task(registration.keep(), name=f"registration of {instance.id}")
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(ENTER_LIMIT):
                await registration.wait_tried()
        yield registration
    finally:
        await registration.stop(keeper)
        await registration.leave()
