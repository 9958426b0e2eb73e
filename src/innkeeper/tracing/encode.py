"""Ended spans as encoded OTLP messages, made in the background.

Messages of one kind that are encoded apart and put together are one message to whoever reads them
(https://protobuf.dev/programming-guides/encoding/#last-one-wins). So a span is three parts: ids and
times, which are its own; name and attributes, which the calls of a method at an endpoint share, so
that their encoding is kept; and what few spans have. A test holds the result to what the SDK's
encoder makes of the same span.
"""

from struct import Struct
from typing import Any, Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span as Message
from opentelemetry.proto.trace.v1.trace_pb2 import SpanFlags, Status
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanKind

from innkeeper.tracing.origin import Origin
from innkeeper.tracing.pairs import pairs
from innkeeper.tracing.recent import Recent
from innkeeper.tracing.span import Span
from innkeeper.tracing.values import encodable_text

_KINDS = {
    SpanKind.INTERNAL: Message.SPAN_KIND_INTERNAL,
    SpanKind.SERVER: Message.SPAN_KIND_SERVER,
    SpanKind.CLIENT: Message.SPAN_KIND_CLIENT,
    SpanKind.PRODUCER: Message.SPAN_KIND_PRODUCER,
    SpanKind.CONSUMER: Message.SPAN_KIND_CONSUMER,
}
_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK

# A message of a span's own fields, the one that protobuf's library takes longest to make: each
# has its number and type in a byte, the ids have their length in a second one.
_OWN: Final = Struct("<2s16s 2s8s cQ cQ")
_TRACE_ID, _SPAN_ID, _PARENT_SPAN_ID = b"\x0a\x10", b"\x12\x08", b"\x22\x08"
_START, _END = b"\x39", b"\x41"

# Values of these types are the same message when they are equal; 1.0 and 1, or -0.0 and 0.0, are
# equal and are not.
_TOLD_APART: Final = frozenset((str, int))
_LONGEST_KEPT: Final = 1024
_shared: Recent[tuple[Any, ...], bytes] = Recent(1024)


Encoded = tuple[Origin, InstrumentationScope, bytes]
"""Under what a span is to be sent, and its message."""


def encode(span: Span) -> Encoded:
    """Encode one span; a value that OTLP has no form for becomes its text."""
    message = _own(span) + _shared_by_calls(span)
    if span.trace_state or span.status or span.events or span.links:
        message += _rarities(span)
    return span.origin, span.scope, message


def _own(span: Span) -> bytes:
    own = _OWN.pack(
        _TRACE_ID,
        bytes.fromhex(span.trace_id),
        _SPAN_ID,
        bytes.fromhex(span.span_id),
        _START,
        span.start_time,
        _END,
        span.end_time or 0,
    )
    if span.parent_id is None:
        return own
    return own + _PARENT_SPAN_ID + bytes.fromhex(span.parent_id)


def _shared_by_calls(span: Span) -> bytes:
    """Name, kind and attributes."""
    attributes = span.attributes
    values = attributes.values()
    flags = _REMOTE if span.parent_is_remote else _LOCAL
    length = span.origin.limits.value_length
    key = None
    if _TOLD_APART.issuperset(map(type, values)):
        # The identity of a kind is its value, at less cost.
        kind, dropped = id(span.kind), span.dropped_attributes
        key = (span.name, kind, flags, length, dropped, *attributes, *values)
        known = _shared.get(key)
        if known is not None:
            return known
    encoded = Message(
        name=encodable_text(span.name, None),
        kind=_KINDS[span.kind],
        attributes=pairs(attributes, length),
        dropped_attributes_count=span.dropped_attributes,
        flags=flags,
    ).SerializeToString()
    if key is not None and len(encoded) <= _LONGEST_KEPT:
        _shared.keep(key, encoded)
    return encoded


def _rarities(span: Span) -> bytes:
    length = span.origin.limits.value_length
    message = Message(
        dropped_events_count=span.dropped_events, dropped_links_count=span.dropped_links
    )
    if span.trace_state:
        message.trace_state = span.trace_state.to_header()
    if span.status is not None:
        message.status.code = Status.StatusCode.ValueType(span.status.status_code.value)
        message.status.message = encodable_text(span.status.description or "", None)
    for event in span.events or ():
        message.events.add(
            name=encodable_text(event.name, None),
            time_unix_nano=event.time,
            attributes=pairs(event.attributes, length),
            dropped_attributes_count=event.dropped_attributes,
        )
    for link in span.links or ():
        message.links.add(
            trace_id=link.context.trace_id.to_bytes(16, "big"),
            span_id=link.context.span_id.to_bytes(8, "big"),
            attributes=pairs(link.attributes, length),
            dropped_attributes_count=link.dropped_attributes,
            flags=_REMOTE if link.context.is_remote else _LOCAL,
        )
    return message.SerializeToString()
