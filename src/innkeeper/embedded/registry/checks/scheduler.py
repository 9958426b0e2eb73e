"""Keeps all checks of this agent going.

A probed check is one task: probe, report, sleep. A TTL check is one timer that its owner keeps
pushing back. A check that may deregister its service arms a second timer while it is critical.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.grpc import GrpcProbe
from innkeeper.embedded.registry.checks.http import HttpProbe
from innkeeper.embedded.registry.checks.probe import Outcome, Probe
from innkeeper.embedded.registry.checks.tcp import TcpProbe
from innkeeper.embedded.registry.checks.thresholds import Thresholds
from innkeeper.embedded.registry.durations import SECOND
from innkeeper.embedded.registry.state.model import CRITICAL

SHORTEST_INTERVAL = 1.0

PROBES: dict[str, Callable[[CheckDefinition], Probe]] = {
    "grpc": GrpcProbe,
    "http": HttpProbe,
    "tcp": TcpProbe,
}
"""The kinds of check that are run here, beside `ttl`."""

Report = Callable[[str, str, str], None]
"""Takes check id, status and output."""

_log = logging.getLogger(__name__)


class Timer(Protocol):
    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls back after some seconds, as `loop.call_later` does."""


class Scheduler:
    """Runs checks by id. Starting an id again replaces what ran under it."""

    def __init__(
        self,
        report: Report,
        reap: Callable[[str], None],
        *,
        later: Later,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`reap` takes the id of a check whose service was critical for too long."""
        self._report = report
        self._reap = reap
        self._later = later
        self._sleep = sleep
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._definitions: dict[str, CheckDefinition] = {}
        self._expiry: dict[str, Timer] = {}
        self._last_words: dict[str, str] = {}
        self._doom: dict[str, Timer] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def start(self, check_id: str, definition: CheckDefinition, status: str) -> None:
        """Begin a check whose status is known so far."""
        self.stop(check_id)
        self._definitions[check_id] = definition
        if definition.kind == "ttl":
            self._arm_expiry(check_id)
        else:
            probe = PROBES[definition.kind](definition)
            self._tasks[check_id] = asyncio.create_task(self._run(check_id, definition, probe))
        self._follow(check_id, status)

    def stop(self, check_id: str) -> None:
        """End a check. Nothing is reported under its id any more."""
        self._definitions.pop(check_id, None)
        self._last_words.pop(check_id, None)
        for timers in (self._expiry, self._doom):
            timer = timers.pop(check_id, None)
            if timer is not None:
                timer.cancel()
        task = self._tasks.pop(check_id, None)
        if task is not None:
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def beat(self, check_id: str, status: str, output: str) -> bool:
        """Take the word of a TTL check's owner; False when no TTL check has this id."""
        definition = self._definitions.get(check_id)
        if definition is None or definition.kind != "ttl":
            return False
        output = shortened(output, definition.output_limit)
        self._last_words[check_id] = output
        self._arm_expiry(check_id)
        self._tell(check_id, status, output)
        return True

    def definition(self, check_id: str) -> CheckDefinition | None:
        """How a check is run; None when there is none with this id."""
        return self._definitions.get(check_id)

    async def close(self) -> None:
        """End all checks and wait until their tasks have ended."""
        for check_id in list(self._definitions):
            self.stop(check_id)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _run(self, check_id: str, definition: CheckDefinition, probe: Probe) -> None:
        interval = max(definition.interval / SECOND, SHORTEST_INTERVAL)
        thresholds = Thresholds(definition)
        try:
            # Checks that were registered together must not all run in the same instant for ever.
            await self._sleep(random.uniform(0, interval))
            while True:
                outcome = await _bounded(probe, definition.answer_within)
                status = thresholds.status(outcome.status)
                if status is not None:
                    output = shortened(outcome.output, definition.output_limit)
                    self._tell(check_id, status, output)
                await self._sleep(interval)
        finally:
            await probe.close()

    def _tell(self, check_id: str, status: str, output: str) -> None:
        self._report(check_id, status, output)
        self._follow(check_id, status)

    def _follow(self, check_id: str, status: str) -> None:
        """Arm or disarm the deregistration that a critical check may lead to."""
        definition = self._definitions[check_id]
        if status != CRITICAL:
            timer = self._doom.pop(check_id, None)
            if timer is not None:
                timer.cancel()
        elif definition.deregister_after > 0 and check_id not in self._doom:
            seconds = definition.deregister_after / SECOND
            self._doom[check_id] = self._later(seconds, lambda: self._reap(check_id))

    def _arm_expiry(self, check_id: str) -> None:
        timer = self._expiry.get(check_id)
        if timer is not None:
            timer.cancel()
        seconds = self._definitions[check_id].ttl / SECOND
        self._expiry[check_id] = self._later(seconds, lambda: self._expire(check_id))

    def _expire(self, check_id: str) -> None:
        words = self._last_words.get(check_id)
        after = f" (last output before timeout follows): {words}" if words else ""
        self._tell(check_id, CRITICAL, f"TTL expired{after}")


def shortened(output: str, limit: int) -> str:
    """The output, or its beginning and a word on what is missing."""
    if len(output) <= limit:
        return output
    return f"{output[:limit]} ... (captured {limit} of {len(output)} bytes)"


async def _bounded(probe: Probe, timeout: float) -> Outcome:
    try:
        async with asyncio.timeout(timeout):
            return await probe()
    except TimeoutError:
        return Outcome(CRITICAL, f"no answer within {timeout:g} s: context deadline exceeded")
    except Exception as error:
        # A bug in one probe must not end the check in silence.
        _log.exception("a check failed to run")
        return Outcome(CRITICAL, f"the check could not be run: {error}")
