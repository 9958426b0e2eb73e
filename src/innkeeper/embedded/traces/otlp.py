"""From an OTLP export request to spans as they are stored. Nothing here waits or does I/O.

Names for missing parts, and what counts as the parent, are Jaeger's, so that a search finds the
same spans in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from google.protobuf.message import DecodeError
from opentelemetry.proto.trace.v1 import trace_pb2

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.gotext import utf8
from innkeeper.embedded.traces.model import HEAD, Arrival, Operation, Origin
from innkeeper.embedded.traces.references import parent_first, references

KINDS: dict[int, str] = {
    trace_pb2.Span.SPAN_KIND_INTERNAL: "internal",
    trace_pb2.Span.SPAN_KIND_SERVER: "server",
    trace_pb2.Span.SPAN_KIND_CLIENT: "client",
    trace_pb2.Span.SPAN_KIND_PRODUCER: "producer",
    trace_pb2.Span.SPAN_KIND_CONSUMER: "consumer",
}
INVALID_NAME = "invalid-span-name"
"""What Jaeger calls a span whose name is no UTF-8."""

_SPANS_AT_ONCE = 2000
"""Some milliseconds' work, after which others get their turn."""
_NO_TRACE = bytes(16)
_NO_SPAN = bytes(8)


@dataclass
class Batch:
    """Some spans of a request."""

    arrivals: list[Arrival] = field(default_factory=list)
    rejected: int = 0
    reason: str = ""
    """Why the first rejected span was."""

    def reject(self, reason: str) -> None:
        """Count a span that cannot be stored."""
        self.rejected += 1
        self.reason = self.reason or reason


class Decoder:
    """Decodes requests; spans share origins and operations, whichever request they come in."""

    def __init__(self) -> None:
        self._origins: WeakValueDictionary[tuple[bytes, str, str], Origin] = WeakValueDictionary()
        self._operations: WeakValueDictionary[tuple[Origin, bytes, int], Operation] = (
            WeakValueDictionary()
        )

    def decode(self, request: wire.Message) -> Iterator[Batch]:
        """The spans in batches that take a few milliseconds each.

        Spans without usable ids are rejected, not raised.
        """
        for resource_spans in request.resource_spans:
            resource = resource_spans.resource
            encoded = resource.SerializeToString()
            service = _service(resource)
            for scope_spans in resource_spans.scope_spans:
                origin = self._origin(service, encoded, scope_spans.scope)
                spans = scope_spans.spans
                for first in range(0, len(spans), _SPANS_AT_ONCE):
                    yield self._batch(origin, spans[first : first + _SPANS_AT_ONCE])

    def _batch(self, origin: Origin, spans: list[bytes]) -> Batch:
        batch = Batch()
        known: dict[tuple[bytes, int], Operation] = {}
        for encoded in spans:
            try:
                head = wire.Head.FromString(encoded)
            except DecodeError:
                batch.reject("a span is no Span in protobuf")
                continue
            key = (head.name, head.kind)
            operation = known.get(key)
            if operation is None:
                operation = known[key] = self._operation(origin, *key)
            try:
                batch.arrivals.append(_arrival(head, operation, encoded))
            except ValueError as error:
                batch.reject(f"span {operation.name[:100]!r}: {error}")
        return batch

    def _origin(self, service: str, resource: bytes, scope: wire.Message) -> Origin:
        key = (resource, utf8(scope.name), utf8(scope.version))
        origin = self._origins.get(key)
        if origin is None:
            origin = self._origins[key] = Origin(service, *key)
        return origin

    def _operation(self, origin: Origin, name: bytes, kind: int) -> Operation:
        key = (origin, name, kind)
        operation = self._operations.get(key)
        if operation is None:
            try:
                text = name.decode()
            except UnicodeDecodeError:
                text = INVALID_NAME
            operation = self._operations[key] = Operation(origin, text, KINDS.get(kind, ""))
        return operation


def _service(resource: wire.Message) -> str:
    for attribute in resource.attributes:
        if attribute.key == b"service.name":
            if attribute.value.WhichOneof("value") != "string_value":
                return "service-name-wrong-type"
            try:
                return attribute.value.string_value.decode() or "empty-service-name"
            except UnicodeDecodeError:
                return ""
    return "missing-service-name"


def _arrival(head: wire.Message, operation: Operation, encoded: bytes) -> Arrival:
    """Raises ValueError when an id is none. This is where intake spends its time."""
    trace_id, span_id, parent = head.trace_id, head.span_id, head.parent_span_id
    if len(trace_id) != 16 or trace_id == _NO_TRACE:
        raise ValueError("trace_id must be 16 bytes, not all zero")
    if len(span_id) != 8 or span_id == _NO_SPAN:
        raise ValueError("span_id must be 8 bytes, not all zero")
    if parent and len(parent) != 8:
        raise ValueError("parent_span_id must be 8 bytes, or none")
    if head.links:
        parent = _linked_parent(encoded)
    start = head.start_time_unix_nano
    duration = head.end_time_unix_nano - start
    if duration < 1:
        duration = 1
    status = head.status
    failed = (status != b"" and _is_error(status)) or (b"error" in encoded and _says_error(encoded))
    packed = HEAD.pack(span_id, parent, start, duration, len(encoded), failed)
    return trace_id, operation, start, duration, packed, encoded


def _linked_parent(encoded: bytes) -> bytes:
    """What a timeline nests the span under; a link into the same trace can stand in for it."""
    span = wire.read_span(encoded)
    if span is None:
        return b""
    trace_id = int.from_bytes(span.trace_id, "big")
    first = parent_first(references(span), trace_id)[0]
    return first.span_id.to_bytes(8, "big") if first.trace_id == trace_id else b""


def _is_error(status: bytes) -> bool:
    try:
        return bool(wire.Status.FromString(status).code == trace_pb2.Status.STATUS_CODE_ERROR)
    except DecodeError:
        return False


def _says_error(encoded: bytes) -> bool:
    """Whether it has OpenTracing's tag for a failure."""
    span = wire.read_span(encoded)
    return span is not None and any(
        attribute.key == b"error"
        and (attribute.value.bool_value or attribute.value.string_value == b"true")
        for attribute in span.attributes
    )
