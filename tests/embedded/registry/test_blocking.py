"""Waiting for topics."""

import asyncio

import pytest

from innkeeper.embedded.registry.blocking import Reading, Waiters, jittered, read, read_hashed
from innkeeper.embedded.registry.state.changes import Changes
from innkeeper.embedded.registry.state.key_values import ALL_KEYS, key_topic

ONE, OTHER = ("service", "one"), ("service", "other")


@pytest.fixture
def waiters() -> Waiters:
    return Waiters()


@pytest.fixture
def changes(waiters: Waiters) -> Changes:
    changes = Changes(waiters.wake)
    touch(changes, ONE)
    return changes


def touch(changes: Changes, topic: tuple[str, ...]) -> None:
    with changes.write() as write:
        write.touch(topic)


@pytest.mark.parametrize(
    ("asked", "low", "high"), [(0, 300, 318.75), (16, 16, 17), (900, 600, 637.5), (-1, 300, 318.75)]
)
def test_jitter(asked: float, low: float, high: float) -> None:
    """A wait has a default, a cap, and a sixteenth added at random."""
    assert low <= jittered(asked) <= high


async def test_a_reading_waits_for_its_topic(waiters: Waiters, changes: Changes) -> None:
    """A reader sleeps through other topics, wakes for its own, and leaves nothing behind."""

    def query() -> Reading[str]:
        return Reading("value", changes.index_of(ONE), (ONE,))

    index = changes.index_of(ONE)
    reading = asyncio.create_task(read(query, changes, waiters, index=index, wait=60))
    await asyncio.sleep(0)
    touch(changes, OTHER)
    await asyncio.sleep(0)
    assert not reading.done()
    assert len(waiters) == 1
    touch(changes, ONE)
    assert (await reading).index > index
    assert len(waiters) == 0


async def test_a_reader_that_leaves_is_forgotten(waiters: Waiters) -> None:
    """A caller that hangs up while it waits takes no place any more."""
    deadline = asyncio.get_running_loop().time() + 60
    waiting = asyncio.create_task(waiters.wait((ONE, OTHER), deadline))
    await asyncio.sleep(0)
    assert len(waiters) == 1
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert len(waiters) == 0


async def test_a_key_wakes_who_watches_it_or_its_beginning(waiters: Waiters) -> None:
    """Who watches another key, even one that begins with it, sleeps on."""
    deadline = asyncio.get_running_loop().time() + 60
    watched = ["", "a/", "a/b", "a/bc", "b", "/a"]
    waiting = {
        key: asyncio.create_task(waiters.wait((ALL_KEYS, key_topic(key)), deadline))
        for key in watched
    }
    await asyncio.sleep(0)
    waiters.wake([key_topic("a/b")])
    await asyncio.sleep(0)
    assert [key for key, task in waiting.items() if task.done()] == ["", "a/", "a/b"]
    waiters.wake([ALL_KEYS])
    assert all(await asyncio.gather(*waiting.values()))
    assert len(waiters) == 0


async def test_closing_wakes_everybody_for_good(waiters: Waiters) -> None:
    """After closing, those who wait and those who come learn that there is nothing to wait for."""
    deadline = asyncio.get_running_loop().time() + 60
    waiting = asyncio.create_task(waiters.wait((ONE,), deadline))
    await asyncio.sleep(0)
    waiters.close()
    assert not await waiting
    assert not await waiters.wait((ONE,), deadline)


async def test_a_hash_waits_for_content(waiters: Waiters, changes: Changes) -> None:
    """A hash query sleeps through changes of its topic that leave its content as it is."""
    content = ["a"]
    reading = asyncio.create_task(
        read_hashed(lambda: (content[0], content[0]), (ONE,), waiters, hash_="a", wait=60)
    )
    await asyncio.sleep(0)
    touch(changes, ONE)
    await asyncio.sleep(0)
    assert not reading.done()
    content[0] = "b"
    touch(changes, ONE)
    assert await reading == "b"
