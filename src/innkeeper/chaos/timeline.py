"""What callers saw, with the moment of each answer."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from innkeeper.bench.connection import Tally

SLICE = 0.25
"""Seconds over which a rate is taken."""
FULL = 0.8
"""The share of the usual rate from which it counts as full speed."""


@dataclass(frozen=True)
class Failure:
    """A question that got no right answer."""

    at: float
    """When that was clear, on the clock of perf_counter."""
    kind: str
    seconds: float
    """How long after it was asked."""


@dataclass(frozen=True)
class Slice:
    """A second of the run."""

    offset: int
    """Seconds since the load began."""
    good: int
    failed: int
    slowest_ms: float | None
    """Of the good answers."""


@dataclass
class Timeline(Tally):
    """A tally that knows when."""

    began: float = 0.0
    """On the clock of perf_counter."""
    answered: "array[float]" = field(default_factory=lambda: array("d"))
    """When each right answer came, beside `seconds`."""
    failures: list[Failure] = field(default_factory=list)

    def right(self, asked: float, now: float) -> None:
        super().right(asked, now)
        self.answered.append(now)

    def wrong(self, kind: str, asked: float, now: float) -> None:
        super().wrong(kind, asked, now)
        self.failures.append(Failure(now, kind, now - asked))

    def slices(self) -> list[Slice]:
        """The run second by second."""
        moments = [*self.answered, *(failure.at for failure in self.failures)]
        count = int(max(moments, default=self.began) - self.began) + 1
        good, failed, slowest = [0] * count, [0] * count, [0.0] * count
        for at, seconds in zip(self.answered, self.seconds, strict=True):
            index = int(at - self.began)
            good[index] += 1
            slowest[index] = max(slowest[index], seconds)
        for failure in self.failures:
            failed[int(failure.at - self.began)] += 1
        return [
            Slice(index, good[index], failed[index], round(1000 * slowest[index], 1) or None)
            for index in range(count)
        ]

    def rates(self, since: float, until: float) -> list[int]:
        """Right answers in each whole slice of a part of the run."""
        counts = [0] * max(0, int((until - since) / SLICE))
        for at in self.answered:
            index = int((at - since) / SLICE)
            if at >= since and index < len(counts):
                counts[index] += 1
        return counts

    def slow_for(self, since: float, until: float, usual: float) -> float | None:
        """Seconds after `since` until full speed was there to stay, 0 when it was never left and
        None when it had not come back `until` then. `usual` is what a slice has at full speed."""
        rates = self.rates(since, until)
        slow = [index for index, rate in enumerate(rates) if rate < FULL * usual]
        if slow and slow[-1] == len(rates) - 1:
            return None
        return (slow[-1] + 1) * SLICE if slow else 0.0

    def usual(self, until: float) -> float:
        """What a slice has at full speed: the median before then, without the first second."""
        return median(self.rates(self.began + 1, until) or [0])


def near(failures: Iterable[Failure], moment: float, within: float) -> list[Failure]:
    """Those that came so many seconds after a moment, at most."""
    return [failure for failure in failures if 0 <= failure.at - moment <= within]
