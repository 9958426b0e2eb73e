"""Who calls whom, read off the traces."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from innkeeper.embedded.traces.model import Span, Trace


@dataclass(frozen=True)
class Dependency:
    """All calls from one service to another."""

    parent: str
    child: str
    calls: int
    errors: int
    p95: int
    """Nanoseconds within which 95 of 100 calls were done, as the called service saw them."""


def touching(traces: Iterable[Trace], start: int, end: int) -> list[list[Span]]:
    """Copies of the traces with a span that starts between the two moments."""
    return [
        trace.spans.copy()
        for trace in traces
        if any(start < span.start < end for span in trace.spans)
    ]


def dependencies(traces: Iterable[Sequence[Span]]) -> list[Dependency]:
    """One entry for each pair of services with a span of the one below a span of the other."""
    calls: dict[tuple[str, str], list[Span]] = {}
    for spans in traces:
        # An exporter that tries again may have sent a span twice; it was one call.
        once = dict.fromkeys(spans)
        services = {span.id: span.origin.service for span in once}
        for span in once:
            parent = services.get(span.parent)
            child = span.origin.service
            if parent is not None and parent != child:
                calls.setdefault((parent, child), []).append(span)
    return [_dependency(*pair, spans) for pair, spans in sorted(calls.items())]


def _dependency(parent: str, child: str, spans: list[Span]) -> Dependency:
    durations = sorted(span.duration for span in spans)
    return Dependency(
        parent=parent,
        child=child,
        calls=len(spans),
        errors=sum(span.failed for span in spans),
        p95=durations[math.ceil(len(durations) * 0.95) - 1],
    )
