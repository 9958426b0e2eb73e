"""How long to wait before the registry is tried again."""

import random
from collections.abc import Callable


class Backoff:
    """Delays that double from `first` to `limit` seconds, each shortened at random by up to
    half so that many processes do not return at once."""

    def __init__(
        self,
        first: float = 0.1,
        limit: float = 1.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`jitter` answers a number from 0 to 1."""
        self._first = first
        self._limit = limit
        self._jitter = jitter
        self._next = first

    def delay(self) -> float:
        """Seconds to wait after one more failure."""
        delay = self._next * (1 - self._jitter() / 2)
        self._next = min(self._next * 2, self._limit)
        return delay

    def reset(self) -> None:
        """Start again from the shortest delay, after a success."""
        self._next = self._first
