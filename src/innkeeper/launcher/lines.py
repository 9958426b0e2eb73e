"""Lines out of a pipe or socket, however they arrive and however long they are."""

import asyncio
from collections.abc import Callable

LONGEST_LINE = 64 * 1024


class Lines(asyncio.Protocol):
    """Hands each line to `on_line`, without its end; of a line longer than `LONGEST_LINE` only
    the beginning, so that a process that never ends its line does not fill our memory."""

    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        self._on_line = on_line
        self._begun = bytearray()
        self._skipping = False
        self._ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        *whole, rest = data.split(b"\n")
        for part in whole:
            self._add(part)
            self._finish()
        self._add(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._begun:
            self._finish()
        self._ended.set()

    async def wait_ended(self) -> None:
        """Return once everything was handed over and the other side is closed."""
        await self._ended.wait()

    def _add(self, part: bytes) -> None:
        if not self._skipping:
            room = LONGEST_LINE - len(self._begun)
            self._begun += part[:room]
            self._skipping = len(part) > room

    def _finish(self) -> None:
        line = bytes(self._begun).rstrip(b"\r")
        self._begun.clear()
        self._skipping = False
        if line:
            self._on_line(line)
