"""What one side of a stream has to say, until a message can take it."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from innkeeper.pb.rpc.v1.calls_pb2 import Batch

# Limits on one message. Larger ones cost hardly less for a call, but then services take turns where
# they could work side by side; in bytes it stays well below the four megabytes that gRPC accepts,
# so that a slow reader's next call does not wait for long.
MOST_CALLS: Final = 32
MOST_BYTES: Final = 1 << 20


class Item(Protocol):
    """Something that can be put into a message."""

    size: int
    """About how many bytes it takes there."""

    def put(self, batch: Batch) -> None:
        """Add it to a message."""


class Outbox:
    """A queue that is emptied into messages. Unbounded: its owner looks at `size` and waits."""

    def __init__(
        self,
        most_calls: int = MOST_CALLS,
        most_bytes: int = MOST_BYTES,
        sent: Callable[[int], None] | None = None,
    ) -> None:
        """`sent` is told how many items a message has, whenever one is made."""
        self._items: deque[Item] = deque()
        self._most_calls = most_calls
        self._most_bytes = most_bytes
        self._sent = sent
        self._closed = False
        self._filled = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self.size = 0
        """Bytes that wait."""
        self.messages = 0
        """Messages made so far."""
        self.items = 0
        """Items put into them."""

    def add(self, item: Item) -> None:
        """Have this said with the next message that has room for it."""
        self._items.append(item)
        self.size += item.size
        self._filled.set()
        if self.size > self._most_bytes:
            self._roomy.clear()

    async def filled(self) -> bool:
        """Wait until there is something to say; False when there never will be."""
        await self._filled.wait()
        return bool(self._items)

    def close(self) -> None:
        """Nothing is added any more."""
        self._closed = True
        self._filled.set()

    async def roomy(self) -> None:
        """Wait until less than a message's worth of bytes waits."""
        await self._roomy.wait()

    def message(self, taken: Callable[[Item, int], None] | None = None) -> bytes:
        """The next message; a single item above the limit goes alone.

        `taken` is told of every item in it and how many they are.
        """
        batch = Batch()
        items: list[Item] = []
        size = 0
        while self._items and len(items) < self._most_calls:
            item = self._items[0]
            if items and size + item.size > self._most_bytes:
                break
            self._items.popleft()
            size += item.size
            items.append(item)
            item.put(batch)
        self.size -= size
        if not self._items and not self._closed:
            self._filled.clear()
        if self.size <= self._most_bytes:
            self._roomy.set()
        self.messages += 1
        self.items += len(items)
        if self._sent is not None:
            self._sent(len(items))
        if taken is not None:
            for item in items:
                taken(item, len(items))
        return batch.SerializeToString()
