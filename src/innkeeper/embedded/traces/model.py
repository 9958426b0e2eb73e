"""Spans as they are stored: a few numbers for searches, and the rest still encoded.

A store holds hundreds of thousands of spans, and an object for each would take more memory than
what was sent. So a trace keeps its spans end to end in two byte strings, one of numbers of equal
length and one of what came, and makes a `Span` of each when somebody asks.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

HEAD = struct.Struct(">8s8sQQI?")
"""Id, parent, start, duration, length of the encoded span, whether it failed."""
_HEAD_IN_NUMBERS = struct.Struct(">QQQQI?")
Head = tuple[int, int, int, int, int, bool]
"""The same as numbers."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Origin:
    """Where spans come from: one process and one instrumentation library. Shared by its spans."""

    service: str
    resource: bytes
    """The OTLP Resource, encoded."""
    scope_name: str
    scope_version: str


@dataclass(slots=True, eq=False, weakref_slot=True)
class Operation:
    """What one origin does again and again. Shared by the spans of that name and kind."""

    origin: Origin
    name: str
    kind: str
    """Lower case as Jaeger says it: server, client, …; empty when the sender did not say."""
    spans: int = 0
    """How many the store holds."""


class Span(NamedTuple):
    """One span."""

    id: int
    parent: int
    """Span id of the parent in the same trace; 0 for a root."""
    start: int
    """Nanoseconds since the epoch."""
    duration: int
    """Nanoseconds, at least 1."""
    failed: bool
    operation: Operation
    encoded: bytes
    """The OTLP Span as it came."""

    @property
    def service(self) -> str:
        """The name of the service that it happened in."""
        return self.operation.origin.service

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        return self.operation.origin

    @property
    def name(self) -> str:
        """What happened."""
        return self.operation.name


Arrival = tuple[bytes, Operation, int, int, bytes, bytes]
"""A span on its way into the store: its trace's id, its operation, start and duration, its packed
head, and all of it encoded. Millions pass, and a named tuple takes five times as long to make."""


class Trace:
    """The spans of one trace that have arrived so far."""

    __slots__ = (
        "_encoded",
        "_heads",
        "id",
        "latest",
        "longest",
        "operations",
        "refused",
        "shortest",
        "size",
        "start",
    )

    def __init__(self, trace_id: int) -> None:
        self.id = trace_id
        self.operations: list[Operation] = []
        """One for each span."""
        self.size = 0
        """Bytes of memory, as `memory` estimates them."""
        self.refused = 0
        """Spans that came and had no room."""
        self.start = 1 << 64
        """When the earliest span starts, nanoseconds since the epoch."""
        self.latest = 0
        """When the latest span starts."""
        self.longest = 0
        """The longest duration of a span."""
        self.shortest = 1 << 64
        """The shortest one."""
        self._heads = bytearray()
        self._encoded = bytearray()

    def __len__(self) -> int:
        return len(self.operations)

    def append(self, arrival: Arrival, size: int) -> None:
        """Take a span that holds `size` bytes."""
        _, operation, start, duration, head, encoded = arrival
        self.operations.append(operation)
        self._heads += head
        self._encoded += encoded
        self.size += size
        if start < self.start:
            self.start = start
        if start > self.latest:
            self.latest = start
        if duration > self.longest:
            self.longest = duration
        if duration < self.shortest:
            self.shortest = duration

    def copy(self) -> "Trace":
        """What is there now, for a thread that reads while spans arrive."""
        copied = Trace(self.id)
        copied.operations = self.operations.copy()
        copied._heads = self._heads.copy()
        copied._encoded = self._encoded.copy()
        copied.refused = self.refused
        return copied

    def heads(self) -> Iterator[tuple[Head, Operation]]:
        """The numbers of each span, which take far less time than the span."""
        return zip(_HEAD_IN_NUMBERS.iter_unpack(self._heads), self.operations, strict=True)

    def encoded(self, start: int, end: int) -> bytes:
        """The bytes of a span, whose place follows from the lengths in the heads."""
        return bytes(self._encoded[start:end])

    def spans(self) -> list[Span]:
        """Every span, in the order of arrival."""
        spans = []
        place = 0
        for (span_id, parent, start, duration, length, failed), operation in self.heads():
            encoded = bytes(self._encoded[place : place + length])
            spans.append(Span(span_id, parent, start, duration, failed, operation, encoded))
            place += length
        return spans

    def __contains__(self, text: bytes) -> bool:
        """Whether the bytes stand in one of the spans, or by chance across two."""
        return text in self._encoded
