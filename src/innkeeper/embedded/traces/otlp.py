"""From an OTLP export request to spans as they are stored. Nothing here waits or does I/O.

Names for missing parts, and what counts as the parent, are Jaeger's, so that a search finds the
same spans in both.
"""

import sys
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1 import trace_pb2

from innkeeper.embedded.traces.model import Origin, Span
from innkeeper.embedded.traces.references import parent_first, references

KINDS = {
    trace_pb2.Span.SPAN_KIND_INTERNAL: "internal",
    trace_pb2.Span.SPAN_KIND_SERVER: "server",
    trace_pb2.Span.SPAN_KIND_CLIENT: "client",
    trace_pb2.Span.SPAN_KIND_PRODUCER: "producer",
    trace_pb2.Span.SPAN_KIND_CONSUMER: "consumer",
}


@dataclass
class Batch:
    """What one request holds."""

    traces: dict[int, list[Span]] = field(default_factory=dict)
    rejected: int = 0
    reason: str = ""
    """Why the first rejected span was."""

    def reject(self, reason: str, spans: int = 1) -> None:
        """Count spans that cannot be stored."""
        self.rejected += spans
        self.reason = self.reason or reason


class Decoder:
    """Decodes requests; spans of one process share one Origin, whichever request they come in."""

    def __init__(self) -> None:
        self._origins: WeakValueDictionary[tuple[bytes, str, str], Origin] = WeakValueDictionary()

    def decode(self, request: ExportTraceServiceRequest) -> Batch:
        """Sort the request's spans by trace; spans without usable ids are rejected, not raised."""
        batch = Batch()
        for resource_spans in request.resource_spans:
            resource = resource_spans.resource
            encoded = resource.SerializeToString()
            service = _service(resource)
            for scope_spans in resource_spans.scope_spans:
                origin = self._origin(service, encoded, scope_spans.scope)
                for span in scope_spans.spans:
                    _add(batch, span, origin)
        return batch

    def _origin(self, service: str, resource: bytes, scope: InstrumentationScope) -> Origin:
        key = (resource, scope.name, scope.version)
        origin = self._origins.get(key)
        if origin is None:
            origin = Origin(service, resource, scope.name, scope.version)
            self._origins[key] = origin
        return origin


def _service(resource: Resource) -> str:
    for attribute in resource.attributes:
        if attribute.key == "service.name":
            if attribute.value.WhichOneof("value") != "string_value":
                return "service-name-wrong-type"
            return attribute.value.string_value or "empty-service-name"
    return "missing-service-name"


def _add(batch: Batch, span: trace_pb2.Span, origin: Origin) -> None:
    if len(span.trace_id) != 16 or not any(span.trace_id):
        batch.reject(f"span {span.name[:100]!r}: trace_id must be 16 bytes, not all zero")
        return
    if len(span.span_id) != 8 or not any(span.span_id):
        batch.reject(f"span {span.name[:100]!r}: span_id must be 8 bytes, not all zero")
        return
    start = span.start_time_unix_nano
    stored = Span(
        id=int.from_bytes(span.span_id, "big"),
        parent=_parent(span),
        name=sys.intern(span.name),
        kind=KINDS.get(span.kind, ""),
        start=start,
        duration=max(span.end_time_unix_nano - start, 1),
        failed=_failed(span),
        origin=origin,
        encoded=span.SerializeToString(),
    )
    batch.traces.setdefault(int.from_bytes(span.trace_id, "big"), []).append(stored)


def _parent(span: trace_pb2.Span) -> int:
    """What a timeline nests the span under; a link into the same trace can stand in for it."""
    if not span.links:
        return int.from_bytes(span.parent_span_id, "big")
    trace_id = int.from_bytes(span.trace_id, "big")
    first = parent_first(references(span), trace_id)[0]
    return first.span_id if first.trace_id == trace_id else 0


def _failed(span: trace_pb2.Span) -> bool:
    if span.status.code == trace_pb2.Status.STATUS_CODE_ERROR:
        return True
    return any(
        attribute.key == "error"
        and (attribute.value.bool_value or attribute.value.string_value == "true")
        for attribute in span.attributes
    )
