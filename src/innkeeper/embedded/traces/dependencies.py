"""Who calls whom, read off the traces."""

import math
from dataclasses import dataclass

from innkeeper.embedded.traces.model import Trace

_Call = tuple[int, bool]
"""Duration, and whether it failed."""


@dataclass(frozen=True)
class Dependency:
    """All calls from one service to another."""

    parent: str
    child: str
    calls: int
    errors: int
    p95: int
    """Nanoseconds within which 95 of 100 calls were done, as the called service saw them."""


class Calls:
    """Counts the calls in one trace after another."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], list[_Call]] = {}

    def count(self, trace: Trace) -> None:
        """Each span below a span of another service is one call."""
        # An exporter that tries again may have sent a span twice; it was one call.
        once = dict.fromkeys(trace.heads())
        services = {head[0]: operation.origin.service for head, operation in once}
        for (_, parent_id, _, duration, _, failed), operation in once:
            parent = services.get(parent_id)
            child = operation.origin.service
            if parent is not None and parent != child:
                self._calls.setdefault((parent, child), []).append((duration, failed))

    def found(self) -> list[Dependency]:
        """One entry for each pair of services."""
        return [_dependency(*pair, calls) for pair, calls in sorted(self._calls.items())]


def touches(trace: Trace, start: int, end: int) -> bool:
    """Whether a span of the trace starts between the two moments."""
    if start < trace.start < end or start < trace.latest < end:
        return True
    if trace.start >= end or trace.latest <= start:
        return False
    return any(start < head[2] < end for head, _ in trace.heads())


def _dependency(parent: str, child: str, calls: list[_Call]) -> Dependency:
    durations = sorted(duration for duration, _ in calls)
    return Dependency(
        parent=parent,
        child=child,
        calls=len(calls),
        errors=sum(failed for _, failed in calls),
        p95=durations[math.ceil(len(durations) * 0.95) - 1],
    )
