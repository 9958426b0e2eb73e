"""Long work on the event loop, done in short turns."""

import asyncio

SECONDS = 0.01
"""Longest stretch that a search keeps the loop from storing spans, and the other way round."""


class Turns:
    """Gives way to others whenever the turn of the work that it is made for is over."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._end = self._clock() + SECONDS

    async def give_way(self) -> None:
        """Let others run if this has run for long enough. To be called every millisecond or so."""
        if self._clock() > self._end:
            await asyncio.sleep(0)
            self._end = self._clock() + SECONDS
