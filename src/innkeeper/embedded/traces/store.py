"""The traces held in memory, with the indexes that searches use. The oldest leave first."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from innkeeper.embedded.traces import memory
from innkeeper.embedded.traces.model import Arrival, Operation, Origin, Trace
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
        self._room = int(capacity * _LARGEST_TRACE)
        # A plain dict looks through all that has left before it finds its oldest entry.
        self._traces: OrderedDict[bytes, Trace] = OrderedDict()
        self._by_service: dict[str, dict[bytes, Trace]] = {}
        self._operations: dict[str, set[Operation]] = {}
        self._origins: Counter[Origin] = Counter()
        self._spans = 0
        self._held = 0
        self._accepted = 0
        self._refused = 0
        self._evicted = 0

    def add(self, batch: Batch) -> None:
        """Store spans; those that a trace has no room for join the batch's rejected."""
        before = batch.rejected
        for arrival in batch.arrivals:
            if not self._add(arrival):
                trace_id = int.from_bytes(arrival[0], "big")
                batch.reject(f"trace {trace_id:032x} is too large to hold")
        self._accepted += len(batch.arrivals) - (batch.rejected - before)
        self._refused += batch.rejected
        while self._held > self._capacity:
            self._evict_oldest()

    def trace(self, trace_id: int) -> Trace | None:
        """The trace, or None when it never came or has left."""
        return self._traces.get(trace_id.to_bytes(16, "big"))

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
        held = self._operations.get(service, ())
        return sorted({(operation.name, operation.kind) for operation in held})

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

    def _add(self, arrival: Arrival) -> bool:
        """Store a span; answers whether its trace has room for it."""
        trace_id, operation, _, _, _, encoded = arrival
        trace = self._traces.get(trace_id)
        size = memory.of_span(len(encoded))
        if (trace.size if trace else 0) + size > self._room:
            if trace:
                trace.refused += 1
            return False
        if trace is None:
            trace = self._traces[trace_id] = Trace(int.from_bytes(trace_id, "big"))
            self._held += memory.TRACE
        trace.append(arrival, size)
        if not operation.spans:
            self._enter(operation)
        operation.spans += 1
        self._spans += 1
        self._held += size
        traces = self._by_service[operation.origin.service]
        if trace_id not in traces:
            traces[trace_id] = trace
            self._held += memory.INDEX_ENTRY
        return True

    def _enter(self, operation: Operation) -> None:
        """Take up an operation of which no span is held yet."""
        origin = operation.origin
        if not self._origins[origin]:
            self._held += memory.of_origin(origin)
        self._origins[origin] += 1
        self._by_service.setdefault(origin.service, {})
        self._operations.setdefault(origin.service, set()).add(operation)
        self._held += memory.of_operation(operation)

    def _leave(self, operation: Operation) -> None:
        """Forget an operation whose last span has left."""
        origin = operation.origin
        self._origins[origin] -= 1
        if not self._origins[origin]:
            del self._origins[origin]
            self._held -= memory.of_origin(origin)
        operations = self._operations[origin.service]
        operations.remove(operation)
        if not operations:
            del self._operations[origin.service]
            del self._by_service[origin.service]
        self._held -= memory.of_operation(operation)

    def _evict_oldest(self) -> None:
        trace_id, trace = self._traces.popitem(last=False)
        self._evicted += len(trace)
        self._spans -= len(trace)
        self._held -= memory.TRACE + trace.size
        for service in {operation.origin.service for operation in trace.operations}:
            del self._by_service[service][trace_id]
            self._held -= memory.INDEX_ENTRY
        for operation in trace.operations:
            operation.spans -= 1
            if not operation.spans:
                self._leave(operation)
