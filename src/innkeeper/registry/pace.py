"""A limit to how often the registry is asked."""

from collections.abc import Awaitable, Callable

GAP = 0.1
"""Seconds between the beginnings of two questions at least. Blocking queries take far longer, but
for a registry that is busy or does not block them."""


class Pace:
    """Keeps questions `GAP` seconds apart."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._last: float | None = None

    async def wait(self) -> None:
        """Wait until the next question may be asked."""
        if self._last is not None:
            early = self._last + GAP - self._clock()
            if early > 0:
                await self._sleep(early)
        self._last = self._clock()
