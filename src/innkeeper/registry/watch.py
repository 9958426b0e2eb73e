"""Following the instances of a service.

What an answer of the registry proves. An instance that it names is there and passes its checks. An
instance that it does not name has left only if the registry remembers: one that lost its memory
answers with an empty list, then with parts of it, while the instances register again. Dropping
endpoints on such an answer would take down a system whose only fault is a restarted registry. So an
update says whether it is complete:

    COMPLETE ──a sign of lost memory──▶ DOUBTFUL ──a non-empty answer, `settle` seconds──▶ COMPLETE

Signs of lost memory: an empty answer after a non-empty one, an index that went backwards, an answer
after an outage. Instances register again within about two seconds of the registry's return
(`registration.py`), so what a registry with a non-empty list says some seconds after the last sign
can be trusted again. An empty list stays doubtful for as long as it is empty.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from innkeeper.errors import Unavailable
from innkeeper.registry.answers import Passing
from innkeeper.registry.backoff import Backoff
from innkeeper.registry.consul import WAIT, Consul
from innkeeper.registry.instance import Instance
from innkeeper.registry.outage import Outage
from innkeeper.registry.pace import GAP, Pace
from innkeeper.registry.transport import Unreachable

SETTLE = 5.0
"""Seconds that instances get to register again before one that is missing counts as gone."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Update:
    """The passing instances of a service, as the registry sees them now."""

    instances: frozenset[Instance]
    complete: bool
    """Whether an instance that is not named has left. When False, endpoints that still answer are
    to be kept until their own health or connection says otherwise."""


class Watch:
    """An endless iterator over the states of a service; see `watch`. For one consumer. Holds
    nothing between two updates: to end it, stop iterating or cancel the task that waits."""

    def __init__(
        self,
        consul: Consul,
        service: str,
        *,
        settle: float,
        backoff: Backoff,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.service = service
        self._consul = consul
        self._settle = settle
        self._backoff = backoff
        self._clock = clock
        self._sleep = sleep
        self._outage = Outage(_log, f"the list of {service}", clock)
        self._pace = Pace(clock, sleep)
        self._index = 0
        self._unanswered = consul.unanswered
        self._last: Update | None = None
        self._doubt_ends: float | None = None
        self._answered_at: float | None = None

    def age(self) -> float | None:
        """Seconds since the registry answered last; None before it did for the first time.

        A quiet service is answered every `WAIT` seconds and some, so only more than that is a
        sign of trouble.
        """
        return None if self._answered_at is None else self._clock() - self._answered_at

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> Update:
        """Wait for the next change. The first answer counts as one, even when empty."""
        while True:
            await self._pace.wait()
            self._notice_outage()
            try:
                answer = await self._consul.passing(self.service, self._index, self._wait())
            except Unavailable as error:
                await self._failed(error)
                continue
            self._answered_at = self._clock()
            self._backoff.reset()
            self._outage.ended()
            update = self._judge(answer)
            if update != self._last:
                self._last = update
                return update

    def _judge(self, answer: Passing) -> Update:
        backwards = answer.index < self._index
        emptied = self._last is not None and self._last.instances and not answer.instances
        if backwards or emptied:
            self._doubt()
        self._weigh_doubt(empty=not answer.instances)
        # As Consul's documentation asks: an index that went backwards means to start over, and
        # asking with 0 does not block.
        self._index = 0 if backwards else max(answer.index, 1)
        return Update(answer.instances, complete=self._doubt_ends is None)

    def _doubt(self) -> None:
        self._doubt_ends = self._clock() + self._settle

    def _weigh_doubt(self, *, empty: bool) -> None:
        """End doubt when its time is up. The time starts to run with a non-empty answer."""
        if self._doubt_ends is None:
            return
        now = self._clock()
        if empty:
            self._doubt_ends = math.inf
        elif self._doubt_ends == math.inf:
            self._doubt_ends = now + self._settle
        elif now >= self._doubt_ends:
            self._doubt_ends = None

    async def _failed(self, error: Unavailable) -> None:
        # An unreachable registry is told once by the client, for all who use it.
        if not isinstance(error, Unreachable):
            self._outage.failed(error)
        self._start_over()
        await self._sleep(self._backoff.delay())

    def _notice_outage(self) -> None:
        """Start over when anybody in this process lost the registry since the last query: it may
        have gone and come back between two of ours."""
        if self._unanswered != self._consul.unanswered:
            self._unanswered = self._consul.unanswered
            self._start_over()

    def _start_over(self) -> None:
        # A registry that restarted counts from the beginning: asked with the index of its former
        # life it would hold the answer back.
        self._index = 0
        if self._last is not None:
            self._doubt()

    def _wait(self) -> float:
        """How long the next query may block: in doubt, no longer than doubt lasts. Never 0, which
        Consul takes for its default of 5 minutes."""
        if self._doubt_ends is None:
            return WAIT
        return min(WAIT, max(GAP, self._doubt_ends - self._clock()))


def watch(
    consul: Consul,
    service: str,
    *,
    settle: float = SETTLE,
    backoff: Backoff | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Watch:
    """Follow the passing instances of a service, with blocking queries.

    Yields the first answer at once and from then on every change, of the instances or of their
    completeness. Never ends and never raises: while the registry is away it keeps trying, after
    100 ms up to 1 s. What an incomplete update means is said at the top of this module.
    """
    return Watch(
        consul, service, settle=settle, backoff=backoff or Backoff(), clock=clock, sleep=sleep
    )
