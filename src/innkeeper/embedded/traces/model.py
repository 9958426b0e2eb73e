"""A span as it is stored: what searches look at, and the rest still encoded."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Origin:
    """Where spans come from: one process and one instrumentation library. Shared by its spans."""

    service: str
    resource: bytes
    """The OTLP Resource, encoded."""
    scope_name: str
    scope_version: str


class Span(NamedTuple):
    """One span. A tuple, because a store holds a hundred thousand of them."""

    id: int
    parent: int
    """Span id of the parent in the same trace; 0 for a root."""
    name: str
    kind: str
    """Lower case as Jaeger says it: server, client, …; empty when the sender did not say."""
    start: int
    """Nanoseconds since the epoch."""
    duration: int
    """Nanoseconds, at least 1."""
    failed: bool
    origin: Origin
    encoded: bytes
    """The OTLP Span as it came."""


class Trace:
    """The spans of one trace that have arrived so far."""

    __slots__ = ("id", "latest", "size", "spans", "start")

    def __init__(self, trace_id: int) -> None:
        self.id = trace_id
        self.spans: list[Span] = []
        self.size = 0
        """Bytes of memory, as `memory` estimates them."""
        self.start = 1 << 64
        """When the earliest span starts, nanoseconds since the epoch."""
        self.latest = 0
        """When the latest span starts."""

    def append(self, span: Span, size: int) -> None:
        """Take a span that holds `size` bytes."""
        self.spans.append(span)
        self.size += size
        self.start = min(self.start, span.start)
        self.latest = max(self.latest, span.start)
