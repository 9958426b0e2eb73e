"""A store with spans in it, put there as the intake does."""

from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from innkeeper.embedded.traces.intake import parse
from innkeeper.embedded.traces.model import Span
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from tests.support.spans import export


@dataclass
class Outcome:
    """What became of a request."""

    rejected: int = 0
    reason: str = ""


def add(store: Store, decoder: Decoder, request: ExportTraceServiceRequest | bytes) -> Outcome:
    """Store what the request holds."""
    encoded = request if isinstance(request, bytes) else request.SerializeToString()
    outcome = Outcome()
    for batch in decoder.decode(parse(encoded)):
        store.add(batch)
        outcome.rejected += batch.rejected
        outcome.reason = outcome.reason or batch.reason
    return outcome


def stored(*sent: ResourceSpans, capacity: int = 1_000_000) -> Store:
    """A store that was sent these spans in one request."""
    store = Store(capacity)
    add(store, Decoder(), export(*sent))
    return store


def spans_of(store: Store, trace: int = 1) -> list[Span]:
    """The spans of a trace that is held."""
    found = store.trace(trace)
    assert found is not None
    return found.spans()
