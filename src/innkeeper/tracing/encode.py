"""Ended spans as OTLP messages, made in the background at a third of the cost of the SDK's encoder.

Most attributes of most spans are the same few pairs (method, system, status), so their messages
are kept. A test holds the result to what the SDK's encoder makes of the same span.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, SpanFlags, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Message
from opentelemetry.sdk.resources import Resource as SdkResource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope as SdkScope
from opentelemetry.trace import SpanContext, SpanKind
from opentelemetry.util.types import AnyValue as Value

from innkeeper.tracing.span import Span
from innkeeper.tracing.values import encodable, encodable_text

_KINDS = {
    SpanKind.INTERNAL: Message.SPAN_KIND_INTERNAL,
    SpanKind.SERVER: Message.SPAN_KIND_SERVER,
    SpanKind.CLIENT: Message.SPAN_KIND_CLIENT,
    SpanKind.PRODUCER: Message.SPAN_KIND_PRODUCER,
    SpanKind.CONSUMER: Message.SPAN_KIND_CONSUMER,
}
_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
_KEPT_PAIRS = 1024
_LONGEST_KEPT = 128


class Encoded(NamedTuple):
    """A span's message, and under what it is to be sent."""

    resource: SdkResource
    scope: SdkScope
    message: Message


def encode(span: Span) -> Encoded:
    """Encode one span; a value that OTLP has no form for becomes its text."""
    length = span.origin.limits.value_length
    message = Message(
        trace_id=span.trace_id.to_bytes(16, "big"),
        span_id=span.span_id.to_bytes(8, "big"),
        name=encodable_text(span.name, None),
        kind=_KINDS[span.kind],
        start_time_unix_nano=span.start_time,
        end_time_unix_nano=span.end_time or 0,
        attributes=_pairs(span.attributes, length),
        dropped_attributes_count=span.dropped_attributes,
        flags=_flags(span.parent),
    )
    if span.parent is not None:
        message.parent_span_id = span.parent.span_id.to_bytes(8, "big")
    if span.trace_state:
        message.trace_state = span.trace_state.to_header()
    if span.status is not None:
        message.status.code = Status.StatusCode.ValueType(span.status.status_code.value)
        message.status.message = encodable_text(span.status.description or "", None)
    if span.events or span.links:
        _add_rarities(message, span, length)
    return Encoded(span.origin.resource, span.scope, message)


def request(batch: Iterable[Encoded]) -> ExportTraceServiceRequest:
    """What is sent, with the spans of each service instance together."""
    sent = ExportTraceServiceRequest()
    resources: dict[int, ResourceSpans] = {}
    scopes: dict[tuple[int, int], ScopeSpans] = {}
    for resource, scope, message in batch:
        # By identity: an instance has one resource object, and hashing its content is dear.
        key = (id(resource), id(scope))
        spans = scopes.get(key)
        if spans is None:
            under = resources.get(id(resource))
            if under is None:
                under = resources[id(resource)] = sent.resource_spans.add(
                    resource=Resource(attributes=_pairs(resource.attributes or {}, None)),
                    schema_url=resource.schema_url,
                )
            spans = scopes[key] = under.scope_spans.add(
                scope=InstrumentationScope(
                    name=scope.name,
                    version=scope.version or "",
                    attributes=_pairs(scope.attributes or {}, None),
                ),
                schema_url=scope.schema_url or "",
            )
        spans.spans.append(message)
    return sent


def _add_rarities(message: Message, span: Span, length: int | None) -> None:
    for event in span.events or ():
        message.events.add(
            name=encodable_text(event.name, None),
            time_unix_nano=event.time,
            attributes=_pairs(event.attributes, length),
            dropped_attributes_count=event.dropped_attributes,
        )
    for link in span.links or ():
        message.links.add(
            trace_id=link.context.trace_id.to_bytes(16, "big"),
            span_id=link.context.span_id.to_bytes(8, "big"),
            attributes=_pairs(link.attributes, length),
            dropped_attributes_count=link.dropped_attributes,
            flags=_flags(link.context),
        )
    message.dropped_events_count = span.dropped_events
    message.dropped_links_count = span.dropped_links


def _pairs(attributes: Mapping[str, Value], length: int | None) -> list[KeyValue]:
    return [
        _kept_pair(key, value)
        if length is None and type(value) is str and len(value) <= _LONGEST_KEPT
        else _pair(key, encodable(value, length))
        for key, value in attributes.items()
    ]


@lru_cache(_KEPT_PAIRS)
def _kept_pair(key: str, value: str) -> KeyValue:
    return _pair(key, encodable(value, None))


def _pair(key: str, value: Value) -> KeyValue:
    return KeyValue(key=encodable_text(key, None), value=_value(value))


def _value(value: Value) -> AnyValue:
    match value:
        case str():
            return AnyValue(string_value=value)
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case tuple():
            return AnyValue(array_value=ArrayValue(values=[_value(inner) for inner in value]))
        case Mapping():
            pairs = [_pair(key, inner) for key, inner in value.items()]
            return AnyValue(kvlist_value=KeyValueList(values=pairs))
    return AnyValue()


def _flags(context: SpanContext | None) -> int:
    return _REMOTE if context is not None and context.is_remote else _LOCAL
