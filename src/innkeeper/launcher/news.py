"""Tells several listeners what becomes of the processes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from innkeeper.launcher.events import ProcessEvent

MOST_UNREAD = 10_000


class News:
    """Hands each event to one listener that is always there, and to those who follow."""

    def __init__(self, always: Callable[[ProcessEvent], None]) -> None:
        self._always = always
        self._followers: set[asyncio.Queue[ProcessEvent]] = set()

    def __call__(self, event: ProcessEvent) -> None:
        self._always(event)
        for unread in self._followers:
            # Whoever does not read for that long misses the rest, rather than fill our memory.
            if unread.qsize() < MOST_UNREAD:
                unread.put_nowait(event)

    @contextmanager
    def follow(self) -> Iterator[asyncio.Queue[ProcessEvent]]:
        """A queue of the events while the block runs."""
        unread: asyncio.Queue[ProcessEvent] = asyncio.Queue()
        self._followers.add(unread)
        try:
            yield unread
        finally:
            self._followers.discard(unread)
