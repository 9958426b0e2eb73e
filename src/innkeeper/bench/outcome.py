"""What a run of load came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True)
class Latency:
    """How long good answers took, in milliseconds."""

    p50: float
    p90: float
    p99: float
    max: float
    corrected: bool = False
    """Whether wrk put in what it supposes slow answers to have kept from being asked."""


@dataclass(frozen=True)
class Outcome:
    """What one load generator saw in one run."""

    seconds: float
    """How long questions were asked."""
    good: int
    """Right answers within that time."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Kind of failure → how many questions ended so."""
    latency: Latency | None = None
    """None when there was no good answer."""
    client_cpu: float = 0.0
    """CPU seconds that the load generator took itself."""

    @property
    def rate(self) -> float:
        """Right answers a second."""
        return self.good / self.seconds if self.seconds else 0.0


def latency_of(seconds: Sequence[float]) -> Latency | None:
    """The percentiles of measured times; each is a time that was measured (nearest rank)."""
    if not seconds:
        return None
    ranked = sorted(seconds)

    def rank(share: float) -> float:
        return ranked[max(0, ceil(share * len(ranked)) - 1)] * 1000

    return Latency(rank(0.5), rank(0.9), rank(0.99), ranked[-1] * 1000)
