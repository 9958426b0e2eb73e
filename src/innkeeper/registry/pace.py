"""A limit to how often the registry is asked."""

from collections.abc import Awaitable, Callable

GAP = 0.1
"""Seconds between two questions in the long run. Blocking queries take far longer, but for a
registry that is busy or does not block them."""
BURST = 5
"""How many questions may follow each other at once. While no query of ours is under way, a registry
could restart unnoticed, so that pauses are for loops only."""


class Pace:
    """Lets `BURST` questions pass at once and one more for each `GAP` seconds."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free = float(BURST)
        self._counted_at = clock()

    async def wait(self) -> None:
        """Wait until the next question may be asked."""
        self._count()
        if self._free < 1:
            await self._sleep((1 - self._free) * GAP)
            self._count()
        self._free = max(0.0, self._free - 1)

    def _count(self) -> None:
        now = self._clock()
        self._free = min(BURST, self._free + (now - self._counted_at) / GAP)
        self._counted_at = now
