"""The waiting half of blocking queries.

A reader says which topics its answer depends on; it is woken when one of them changes. Waiters of
one topic never wake those of another, so thousands may sleep at no cost.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from innkeeper.embedded.registry.state.changes import KEY, Changes, Topic

DEFAULT_WAIT = 300.0
LONGEST_WAIT = 600.0

_Value = TypeVar("_Value")


def jittered(wait: float) -> float:
    """How long to wait for `wait` seconds asked for, 0 meaning nobody said.

    A sixteenth is added at random, so that watchers that began together do not return together.
    """
    wait = min(wait, LONGEST_WAIT) if wait > 0 else DEFAULT_WAIT
    return wait + random.uniform(0, wait / 16)


class Waiters:
    """Those who wait for topics to change."""

    def __init__(self) -> None:
        self._waiting: dict[Topic, set[asyncio.Future[None]]] = {}
        self._closed = False

    def __len__(self) -> int:
        return len({future for futures in self._waiting.values() for future in futures})

    def wake(self, topics: Iterable[Topic]) -> None:
        """Wake everybody who waits for any of these topics."""
        for topic in topics:
            for waited in self._concerned(topic):
                for future in self._waiting.pop(waited, ()):
                    if not future.done():
                        future.set_result(None)

    def close(self) -> None:
        """Wake everybody, now and from now on, so that no handler outlives the server."""
        self._closed = True
        self.wake(list(self._waiting))

    async def wait(self, topics: Iterable[Topic], deadline: float) -> bool:
        """Wait until one of the topics changes; False when the deadline (loop time) passed."""
        if self._closed:
            return False
        future = asyncio.get_running_loop().create_future()
        topics = tuple(topics)
        for topic in topics:
            self._waiting.setdefault(topic, set()).add(future)
        try:
            async with asyncio.timeout_at(deadline):
                await future
        except TimeoutError:
            return False
        finally:
            for topic in topics:
                self._leave(topic, future)
        return not self._closed

    def _concerned(self, topic: Topic) -> Iterable[Topic]:
        """What is waited for that the topic is part of: a key is part of each beginning of it."""
        if topic[0] != KEY:
            return (topic,)
        return [
            waited
            for waited in self._waiting
            if waited[0] == KEY and topic[1].startswith(waited[1])
        ]

    def _leave(self, topic: Topic, future: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(topic)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[topic]


@dataclass(frozen=True, slots=True)
class Reading(Generic[_Value]):
    """A value together with what it depends on."""

    value: _Value
    index: int
    topics: tuple[Topic, ...]


async def wait_beyond(
    topics: tuple[Topic, ...], changes: Changes, waiters: Waiters, *, index: int, wait: float
) -> None:
    """Wait until the index of these topics is beyond `index`, or for `wait` seconds at most.

    An index from the future comes from a registry that had more to count, before it was started
    afresh: nobody waits for it, so that its client starts over instead of sleeping.
    """
    if index == 0 or index > changes.index:
        return
    deadline = asyncio.get_running_loop().time() + jittered(wait)
    while changes.index_of(*topics) <= index:
        if not await waiters.wait(topics, deadline):
            return


async def read(
    query: Callable[[], Reading[_Value]],
    changes: Changes,
    waiters: Waiters,
    *,
    index: int,
    wait: float,
) -> Reading[_Value]:
    """Answer a query whose index is its own, as `wait_beyond` does for an index of topics."""
    reading = query()
    if index == 0 or index > changes.index:
        return reading
    deadline = asyncio.get_running_loop().time() + jittered(wait)
    while reading.index <= index:
        if not await waiters.wait(reading.topics, deadline):
            break
        reading = query()
    return reading


async def read_hashed(
    query: Callable[[], tuple[str, _Value]],
    topics: tuple[Topic, ...],
    waiters: Waiters,
    *,
    hash_: str,
    wait: float,
) -> _Value:
    """Answer a query once its hash is not `hash_` any more, or when `wait` seconds are over.

    Raises what `query` raises, also after a wait: what was watched may have left meanwhile.
    """
    current, value = query()
    deadline = asyncio.get_running_loop().time() + jittered(wait)
    while hash_ and current == hash_:
        if not await waiters.wait(topics, deadline):
            break
        current, value = query()
    return value
