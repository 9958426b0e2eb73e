"""Thousands of blocking queries in one process, each on a connection of its own."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

_INDEX = re.compile(rb"x-consul-index: (\d+)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_AT_ONCE = 50
_START_LIMIT = 60.0


class Watcher(asyncio.Protocol):
    """Asks again with the new index whenever it is answered. Reads no more of an answer than it
    must, so that thousands take little of the cores that the registry runs on."""

    def __init__(self, path: str) -> None:
        self.told = asyncio.Event()
        self.answers = 0
        self.size = 0
        self._path = path
        self._head = b""
        self._received = 0
        self._expected = 0
        self._tail = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are none by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        self._ask(0)

    def data_received(self, data: bytes) -> None:
        if self._received or b"\r\n\r\n" in self._head:
            self._received += len(data)
        else:
            self._head += data
            head, separator, rest = self._head.partition(b"\r\n\r\n")
            if not separator:
                return
            self._head = head + separator
            self._received = len(rest)
            length = _LENGTH.search(head)
            self._expected = int(length[1]) if length else -1
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        whole = (
            self._received >= self._expected if self._expected >= 0 else self._tail == _LAST_CHUNK
        )
        if whole:
            self._answered()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def _answered(self) -> None:
        index = _INDEX.search(self._head)
        assert index is not None, self._head
        self.size, self.answers = self._received, self.answers + 1
        self._head, self._tail, self._received = b"", b"", 0
        self.told.set()
        self._ask(int(index[1]))

    def _ask(self, index: int) -> None:
        assert self._transport is not None
        question = f"GET {self._path}?index={index}&wait=10m HTTP/1.1\r\nHost: registry\r\n\r\n"
        self._transport.write(question.encode())


@asynccontextmanager
async def watching(url: str, paths: Sequence[str]) -> AsyncIterator[list[Watcher]]:
    """One watcher for each path, until the block ends."""
    address = urlsplit(url)
    loop = asyncio.get_running_loop()
    watchers = [Watcher(path) for path in paths]

    def connecting(watcher: Watcher) -> object:
        return loop.create_connection(lambda: watcher, address.hostname, address.port)

    try:
        for first in range(0, len(watchers), _AT_ONCE):
            some = watchers[first : first + _AT_ONCE]
            await asyncio.gather(*map(connecting, some))  # type: ignore[call-overload]
        async with asyncio.timeout(_START_LIMIT):
            for watcher in watchers:
                await watcher.told.wait()
        yield watchers
    finally:
        for watcher in watchers:
            watcher.close()
