"""What becomes a message."""

import asyncio

from innkeeper.pb.rpc.v1.calls_pb2 import Batch
from innkeeper.rpc.stream.outbox import Item, Outbox


class Word(Item):
    """An item of some size."""

    def __init__(self, id: int, size: int = 10) -> None:
        self.id = id
        self.size = size

    def put(self, batch: Batch) -> None:
        batch.cancelled.append(self.id)


def said(outbox: Outbox) -> list[int]:
    return list(Batch.FromString(outbox.message()).cancelled)


async def test_all_that_waits_goes_together() -> None:
    """A message takes everything that waits, in order."""
    outbox = Outbox()
    for id in range(3):
        outbox.add(Word(id))
    assert said(outbox) == [0, 1, 2]
    assert (outbox.messages, outbox.items, outbox.size) == (1, 3, 0)


async def test_limit_in_calls() -> None:
    """A message takes no more than so many; the rest goes with the next."""
    outbox = Outbox(most_calls=2)
    for id in range(3):
        outbox.add(Word(id))
    assert [said(outbox), said(outbox)] == [[0, 1], [2]]


async def test_limit_in_bytes() -> None:
    """A message stays below so many bytes, but what is larger alone goes alone."""
    outbox = Outbox(most_bytes=25)
    for id, size in enumerate([10, 10, 10, 100, 10]):
        outbox.add(Word(id, size))
    assert [said(outbox) for _ in range(4)] == [[0, 1], [2], [3], [4]]


async def test_waits_until_filled() -> None:
    """Waiting ends with the first item, and after a message begins anew."""
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.filled())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.add(Word(1))
    assert await waiting
    outbox.message()
    again = asyncio.create_task(outbox.filled())
    await asyncio.sleep(0)
    assert not again.done()
    outbox.close()
    assert not await again


async def test_closed_with_something_left() -> None:
    """What waits when an outbox is closed is still said."""
    outbox = Outbox()
    outbox.add(Word(1))
    outbox.close()
    assert await outbox.filled()
    assert said(outbox) == [1]
    assert not await outbox.filled()


async def test_roomy() -> None:
    """Whoever fills it can wait until less than a message's worth waits."""
    outbox = Outbox(most_bytes=25)
    for id in range(4):
        outbox.add(Word(id))
    waiting = asyncio.create_task(outbox.roomy())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.message()
    await waiting


async def test_tells_how_many_shared_a_message() -> None:
    """Each item of a message is told with the number of those that share it."""
    outbox = Outbox()
    items = [Word(1), Word(2)]
    for item in items:
        outbox.add(item)
    taken: list[tuple[Item, int]] = []
    outbox.message(lambda item, number: taken.append((item, number)))
    assert taken == [(items[0], 2), (items[1], 2)]
