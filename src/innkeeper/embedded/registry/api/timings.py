"""How long answers take, gathered in intervals of ten seconds, as Consul gathers its metrics."""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

INTERVAL = 10

Key = tuple[str, str]
"""Method and endpoint."""


@dataclass(slots=True)
class Sample:
    """What was measured under one name during an interval, in milliseconds."""

    count: int = 0
    sum: float = 0.0
    squares: float = 0.0
    min: float = math.inf
    max: float = 0.0

    def add(self, value: float) -> None:
        self.count += 1
        self.sum += value
        self.squares += value * value
        self.min = min(self.min, value)
        self.max = max(self.max, value)

    @property
    def mean(self) -> float:
        return self.sum / self.count

    @property
    def deviation(self) -> float:
        """Of a sample, not of a whole population."""
        if self.count < 2:
            return 0.0
        spread = self.squares - self.sum * self.sum / self.count
        return math.sqrt(max(spread, 0.0) / (self.count - 1))


@dataclass(frozen=True, slots=True)
class Interval:
    """What was measured, and since when, in seconds since 1970."""

    began: int
    samples: Mapping[Key, Sample]


class Timings:
    """Keeps the interval under way and the one before it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._samples: dict[Key, Sample] = {}
        self._current = Interval(self._now(), self._samples)
        self._finished: Interval | None = None

    def note(self, key: Key, seconds: float) -> None:
        """Take one measurement down."""
        self._turn()
        self._samples.setdefault(key, Sample()).add(seconds * 1e3)

    def last(self) -> Interval:
        """The last interval that is over; before the first is, the one under way."""
        self._turn()
        return self._finished or self._current

    def _turn(self) -> None:
        now = self._now()
        if now == self._current.began:
            return
        previous = now - INTERVAL
        is_recent = self._current.began == previous
        self._finished = self._current if is_recent else Interval(previous, {})
        self._samples = {}
        self._current = Interval(now, self._samples)

    def _now(self) -> int:
        return int(self._clock()) // INTERVAL * INTERVAL


def in_order(samples: Mapping[Key, Sample]) -> Iterable[tuple[Key, Sample]]:
    """By endpoint, then by method."""
    return sorted(samples.items(), key=lambda each: (each[0][1], each[0][0]))
