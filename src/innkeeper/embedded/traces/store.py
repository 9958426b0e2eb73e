"""The traces held in memory, with the indexes that searches use. The oldest leave first."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from innkeeper.embedded.traces import memory
from innkeeper.embedded.traces.model import Origin, Span, Trace
from innkeeper.embedded.traces.otlp import Batch

_LARGEST_TRACE = 0.5
"""Share of the memory that one trace may take, so that a runaway does not drive out the rest."""


@dataclass(frozen=True)
class Statistics:
    """What the store holds now, and what happened to all spans it was ever sent."""

    traces: int
    spans: int
    bytes: int
    capacity: int
    accepted: int
    refused: int
    evicted: int


class Store:
    """Holds at most `capacity` bytes of traces. Synchronous; for one thread."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # A plain dict looks through all that has left before it finds its oldest entry.
        self._traces: OrderedDict[int, Trace] = OrderedDict()
        self._by_service: dict[str, dict[int, Trace]] = {}
        self._operations: dict[str, Counter[tuple[str, str]]] = {}
        self._origins: Counter[Origin] = Counter()
        self._spans = 0
        self._held = 0
        self._accepted = 0
        self._refused = 0
        self._evicted = 0

    def add(self, batch: Batch) -> None:
        """Store the spans of a request; those that a trace has no room for join its rejected."""
        for trace_id, spans in batch.traces.items():
            refused = self._add(trace_id, spans)
            if refused:
                batch.reject(f"trace {trace_id:032x} is too large to hold", refused)
            self._accepted += len(spans) - refused
        self._refused += batch.rejected
        while self._held > self._capacity:
            self._evict_oldest()

    def trace(self, trace_id: int) -> Trace | None:
        """The trace, or None when it never came or has left."""
        return self._traces.get(trace_id)

    def traces(self, service: str | None = None) -> Iterable[Trace]:
        """All traces, or those with a span of the service; oldest arrival first."""
        if service is None:
            return self._traces.values()
        return self._by_service.get(service, {}).values()

    def services(self) -> list[str]:
        """Names of the services with at least one span held."""
        return sorted(self._by_service)

    def operations(self, service: str) -> list[tuple[str, str]]:
        """Name and kind of each operation of the service with at least one span held."""
        return sorted(self._operations.get(service, ()))

    def statistics(self) -> Statistics:
        """The figures as of now."""
        return Statistics(
            traces=len(self._traces),
            spans=self._spans,
            bytes=self._held,
            capacity=self._capacity,
            accepted=self._accepted,
            refused=self._refused,
            evicted=self._evicted,
        )

    def _add(self, trace_id: int, spans: list[Span]) -> int:
        """Store spans of one trace; answers how many had no room."""
        trace = self._traces.get(trace_id)
        if trace is None:
            trace = self._traces[trace_id] = Trace(trace_id)
            self._held += memory.TRACE
        room = self._capacity * _LARGEST_TRACE
        for position, span in enumerate(spans):
            size = memory.of_span(span)
            if trace.size + size > room:
                if not trace.spans:
                    self._evict(trace)
                return len(spans) - position
            trace.append(span, size)
            self._held += size + self._index(trace, span)
            self._spans += 1
        return 0

    def _index(self, trace: Trace, span: Span) -> int:
        """Enter the span in the indexes; answers the bytes by which they grew."""
        grown = 0
        origin = span.origin
        service = origin.service
        if not self._origins[origin]:
            grown += memory.of_origin(origin)
        self._origins[origin] += 1
        traces = self._by_service.setdefault(service, {})
        if trace.id not in traces:
            traces[trace.id] = trace
            grown += memory.INDEX_ENTRY
        operations = self._operations.setdefault(service, Counter())
        operation = (span.name, span.kind)
        if operation not in operations:
            grown += memory.of_operation(span.name)
        operations[operation] += 1
        return grown

    def _evict_oldest(self) -> None:
        trace = next(iter(self._traces.values()))
        self._evicted += len(trace.spans)
        self._evict(trace)

    def _evict(self, trace: Trace) -> None:
        del self._traces[trace.id]
        self._held -= memory.TRACE + trace.size
        self._spans -= len(trace.spans)
        for span in trace.spans:
            self._held -= self._unindex(trace, span)

    def _unindex(self, trace: Trace, span: Span) -> int:
        """Take the span out of the indexes; answers the bytes by which they shrank."""
        shrunk = 0
        origin = span.origin
        service = origin.service
        self._origins[origin] -= 1
        if not self._origins[origin]:
            del self._origins[origin]
            shrunk += memory.of_origin(origin)
        if self._by_service.get(service, {}).pop(trace.id, None):
            shrunk += memory.INDEX_ENTRY
            if not self._by_service[service]:
                del self._by_service[service]
        operations = self._operations[service]
        operation = (span.name, span.kind)
        operations[operation] -= 1
        if not operations[operation]:
            del operations[operation]
            shrunk += memory.of_operation(span.name)
            if not operations:
                del self._operations[service]
        return shrunk
