"""How often something may happen: a number of times a second, some of them at once."""

from collections.abc import Callable
from time import monotonic_ns
from typing import Final

_SECOND: Final = 1_000_000_000


class TokenBucket:
    """Holds tokens, gets a new one in even intervals, and is full at the start.

    No token is counted: what is kept is the moment at which the bucket will be full again, which
    each token taken moves on by one interval. So a decision is a few integer operations.
    """

    def __init__(
        self, per_second: int, burst: int, clock: Callable[[], int] = monotonic_ns
    ) -> None:
        """It holds `burst` tokens at most, none at all where none come; `clock` in nanoseconds."""
        self._interval = _SECOND // per_second if per_second else _SECOND
        self._depth = burst * self._interval if per_second else 0
        self._clock = clock
        self._full_at = 0

    def take(self) -> bool:
        """Take a token out; False when there is none."""
        now = self._clock()
        full_at = max(self._full_at, now) + self._interval
        if full_at - now > self._depth:
            return False
        self._full_at = full_at
        return True
