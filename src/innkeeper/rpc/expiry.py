"""Ends calls at their deadlines, with one timer for all of them.

Most calls are answered long before their deadline; a timer for each was what cost most about them.
Here the timer is set to the earliest deadline that was ever waiting, and set anew when it rings:
with deadlines of two seconds that is once in two seconds, however many calls there are.
"""

import asyncio
from math import inf
from time import monotonic
from typing import Final, Protocol

# Seconds between rings at least, however close the deadlines of many calls lie.
_NO_FINER: Final = 0.002


class Expiring(Protocol):
    """Something that has to end in time."""

    @property
    def by(self) -> float | None:
        """When, on the monotonic clock."""

    def expire(self) -> None:
        """The time has come. It is not kept any more."""


class Expiry:
    """Holds what waits in one event loop; nothing expires early, or more than milliseconds late."""

    def __init__(self) -> None:
        self._waiting: dict[Expiring, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._rings = inf

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, item: Expiring) -> None:
        """Have this expire in time; without a deadline it never does."""
        by = item.by
        if by is not None:
            self._waiting[item] = by
            if by < self._rings:
                self._set(by)

    def discard(self, item: Expiring) -> None:
        """It ended by itself; of no effect on what is not kept."""
        self._waiting.pop(item, None)

    def close(self) -> None:
        """Let nothing expire any more."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _set(self, rings: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings = rings
        delay = max(_NO_FINER, rings - monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings = None, inf
        now = monotonic()
        for item in [item for item, by in self._waiting.items() if by <= now]:
            # What expires may end others of these.
            if self._waiting.pop(item, None) is not None:
                item.expire()
        if self._waiting:
            self._set(min(self._waiting.values()))
