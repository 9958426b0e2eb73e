"""Looks after calls that wait and endpoints that fail, in the background of a channel.

While calls are under way and there is more than one endpoint to make them on, a tick comes every
few hundredths of a second; otherwise there is none. A tick does three things:

- A call that has waited long gets a second attempt on another endpoint, within what the budget of
  retries can spare. The first answer wins; the other attempt is cancelled. Calls that wait for an
  endpoint that answers nobody get theirs in any case, as long as another one answers.
- An endpoint that answers nobody while calls wait for it is ejected. It gets no call until it says
  of itself that it serves.
- An endpoint that fails most of its calls while others do well is ejected for a second, and for
  twice as long each time that this happens again.

A call costs nothing of this unless it waits. Half of the endpoints at most are ejected: when all
are bad, the fault is elsewhere and none of them is better.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from grpc import StatusCode

from innkeeper import errors
from innkeeper.pb.rpc.v1.calls_pb2 import Answer as WireAnswer
from innkeeper.rpc.balancer import Balancer
from innkeeper.rpc.endpoint import Endpoint
from innkeeper.rpc.readiness import serves
from innkeeper.rpc.retry import RetryBudget
from innkeeper.rpc.stream.calls import StreamedCall
from innkeeper.rpc.stream.client import CallStream

TICK: Final = 0.05
HEDGE_AFTER: Final = 0.3
"""Seconds that a call waits before it is made a second time, and that an endpoint may be silent
while calls wait."""
WINDOW: Final = 1.0
"""Seconds over which failures are counted."""
FEWEST_CALLS: Final = 10
"""Calls in a window that it takes to judge an endpoint."""
FAILING: Final = 0.5
"""The share of failed calls from which an endpoint is failing."""
FIRST_EJECTION: Final = 1.0
LONGEST_EJECTION: Final = 30.0
PROBE_EVERY: Final = 0.25

_NOT_AN_ANSWER = frozenset(code.value[0] for code in (StatusCode.UNAVAILABLE, StatusCode.CANCELLED))


class _Second(StreamedCall):
    """The second attempt at a call, on another endpoint."""

    def __init__(self, first: StreamedCall, endpoint: Endpoint) -> None:
        super().__init__(first.method, first.request, first.by, first.metadata)
        self.hedged = True
        self._first = first
        self._endpoint = endpoint

    def answered(self, answer: WireAnswer) -> None:
        """Whichever answer comes first is that of the call; that nobody is there is none."""
        first = self._first
        if answer.code not in _NOT_AN_ANSWER and first.stream is not None:
            first.withdraw()
            first.attempts += 1
            first.answered(answer)

    def failed(self, error: Exception) -> None:
        """The first attempt is still under way."""

    def ended(self) -> None:
        super().ended()
        if self._first.second is self:
            self._first.second = None
        self._endpoint.leave()


class Patrol:
    """Serves one channel."""

    def __init__(self, balancer: Balancer, budget: RetryBudget) -> None:
        self._balancer = balancer
        self._budget = budget
        self._armed: asyncio.TimerHandle | None = None
        self._window_ends = 0.0
        self._ejections: set[asyncio.Task[None]] = set()
        self.hedged = 0
        """Second attempts made so far."""
        self.ejected = 0
        """Ejections so far."""

    def arm(self) -> None:
        """A call begins."""
        if self._armed is None and len(self._balancer.endpoints) > 1:
            now = monotonic()
            if now > self._window_ends:
                self._start_window(now)
            self._armed = asyncio.get_running_loop().call_later(TICK, self._tick)

    async def close(self) -> None:
        """Stop for good."""
        if self._armed is not None:
            self._armed.cancel()
        for task in self._ejections:
            task.cancel()
        await asyncio.gather(*self._ejections, return_exceptions=True)

    def _tick(self) -> None:
        self._armed = None
        now = monotonic()
        busy = False
        for endpoint in list(self._balancer.endpoints):
            busy = busy or endpoint.in_flight > 0
            stream = endpoint.stream
            if stream is not None:
                self._look_at(endpoint, stream, now)
        if now >= self._window_ends:
            self._judge()
            self._start_window(now)
        if busy:
            self.arm()

    def _look_at(self, endpoint: Endpoint, stream: CallStream, now: float) -> None:
        silent = stream.answered_at < now - HEDGE_AFTER
        # What waits for an endpoint that hangs is lost there, and is not made slow by much load.
        hangs = silent and self._another_answers(endpoint, now)
        for call in stream.waiting_since(now - HEDGE_AFTER):
            # What is slow now may turn out to be lost later, and another one may answer by then.
            if not call.hedged and (hangs or self._spared(call)):
                self._hedge(endpoint, call)
                call.hedged = True
            if silent:
                self._eject(endpoint, self._until_it_serves)

    def _spared(self, call: StreamedCall) -> bool:
        """Ask the budget for a second attempt at a slow call, once."""
        if call.slow:
            return False
        call.slow = True
        return self._budget.spares()

    def _another_answers(self, silent: Endpoint, now: float) -> bool:
        others = (other.stream for other in self._balancer.endpoints if other is not silent)
        return any(_answers(stream, now) for stream in others if stream is not None)

    def _hedge(self, slow: Endpoint, call: StreamedCall) -> None:
        """Make a call a second time."""
        other = self._balancer.pick({slow})
        stream = None if other is slow else other.open_stream()
        if stream is None:
            return
        second = _Second(call, other)
        with suppress(errors.Overloaded):
            stream.begin(second)
            call.second = second
            other.enter()
            self.hedged += 1

    def _judge(self) -> None:
        """Eject who failed most of the window's calls while others did well."""
        judged = [
            endpoint
            for endpoint in self._balancer.endpoints
            if endpoint.window_calls >= FEWEST_CALLS and not endpoint.ejected
        ]
        if not any(endpoint.failure_share < FAILING / 2 for endpoint in judged):
            return
        for endpoint in judged:
            if endpoint.failure_share >= FAILING:
                self._eject(endpoint, _for_a_while)
            else:
                endpoint.ejections = max(0, endpoint.ejections - 1)

    def _start_window(self, now: float) -> None:
        self._window_ends = now + WINDOW
        for endpoint in self._balancer.endpoints:
            endpoint.start_window()

    def _eject(self, endpoint: Endpoint, end: Callable[[Endpoint], Awaitable[None]]) -> None:
        everyone = self._balancer.endpoints
        out = sum(other.ejected for other in everyone)
        if endpoint.ejected or 2 * (out + 1) > len(everyone):
            return
        self.ejected += 1
        endpoint.eject(True)
        task = asyncio.get_running_loop().create_task(_let_back_in(endpoint, end(endpoint)))
        self._ejections.add(task)
        task.add_done_callback(self._ejections.discard)

    async def _until_it_serves(self, endpoint: Endpoint) -> None:
        # One that has left is closed, and cannot be asked any more.
        while endpoint in self._balancer.endpoints and not await serves(endpoint):  # noqa: ASYNC110
            await asyncio.sleep(PROBE_EVERY)


def _answers(stream: CallStream, now: float) -> bool:
    """Whether it has answered, and lets nobody wait now without answering others."""
    lately = stream.answered_at >= now - HEDGE_AFTER
    has_answered = stream.answered_at > stream.opened_at
    return has_answered and (lately or not stream.waiting_since(now - HEDGE_AFTER))


async def _let_back_in(endpoint: Endpoint, end: Awaitable[None]) -> None:
    await end
    endpoint.eject(False)


async def _for_a_while(endpoint: Endpoint) -> None:
    endpoint.ejections += 1
    await asyncio.sleep(min(LONGEST_EJECTION, FIRST_EJECTION * 2.0 ** (endpoint.ejections - 1)))
