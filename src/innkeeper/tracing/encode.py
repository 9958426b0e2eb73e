"""Ended spans as encoded OTLP messages, made in the background.

Messages of one kind that are encoded apart and put together are one message to whoever reads them
(https://protobuf.dev/programming-guides/encoding/#last-one-wins). So what most spans share with
others, which is their names and attributes, is encoded once and kept; their own are ids and times;
and what few spans have is encoded for those alone. A test holds the result to what the SDK's
encoder makes of the same span.
"""

from collections.abc import Mapping
from functools import lru_cache
from struct import Struct
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span as Message
from opentelemetry.proto.trace.v1.trace_pb2 import SpanFlags, Status
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AnyValue

from innkeeper.tracing.origin import Origin
from innkeeper.tracing.pairs import pairs
from innkeeper.tracing.span import Span
from innkeeper.tracing.values import encodable_text

# By identity, as an enumeration's members are dear to hash.
_KINDS = {
    id(kind): Message(kind=number).SerializeToString()
    for kind, number in {
        SpanKind.INTERNAL: Message.SPAN_KIND_INTERNAL,
        SpanKind.SERVER: Message.SPAN_KIND_SERVER,
        SpanKind.CLIENT: Message.SPAN_KIND_CLIENT,
        SpanKind.PRODUCER: Message.SPAN_KIND_PRODUCER,
        SpanKind.CONSUMER: Message.SPAN_KIND_CONSUMER,
    }.items()
}
_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
_BELOW_LOCAL = Message(flags=_LOCAL).SerializeToString()
_BELOW_REMOTE = Message(flags=_REMOTE).SerializeToString()

# A message of a span's own fields, the one that protobuf's library takes longest to make: each
# has its number and type in a byte, the ids have their length in a second one.
_OWN: Final = Struct("<2s16s 2s8s cQ cQ")
_TRACE_ID, _SPAN_ID, _PARENT_SPAN_ID = b"\x0a\x10", b"\x12\x08", b"\x22\x08"
_START, _END = b"\x39", b"\x41"

_KEPT_NAMES = 256
_KEPT_PAIRS = 2048
_LONGEST_KEPT = 128

Encoded = tuple[Origin, InstrumentationScope, bytes]
"""Under what a span is to be sent, and its message."""


def encode(span: Span) -> Encoded:
    """Encode one span; a value that OTLP has no form for becomes its text."""
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
    if span.parent_id is not None:
        own += _PARENT_SPAN_ID + bytes.fromhex(span.parent_id)
    own += _KINDS[id(span.kind)] + (_BELOW_REMOTE if span.parent_is_remote else _BELOW_LOCAL)
    message = own + _name(span.name) + _attributes(span.attributes, span.origin.limits.value_length)
    if span.trace_state or span.status or span.events or span.links or span.dropped_attributes:
        message += _rarities(span)
    return span.origin, span.scope, message


def size(encoded: Encoded) -> int:
    """Bytes of the message."""
    return len(encoded[2])


@lru_cache(_KEPT_NAMES)
def _name(name: str) -> bytes:
    return Message(name=encodable_text(name, None)).SerializeToString()


def _attributes(attributes: Mapping[str, AnyValue], length: int | None) -> bytes:
    if length is not None:
        return Message(attributes=pairs(attributes, length)).SerializeToString()
    # Values of other types may be equal and yet not the same, as 1.0 and 1 or 0.0 and -0.0 are.
    return b"".join(
        [
            _kept_attribute(key, value)
            if type(value) is int or (type(value) is str and len(value) <= _LONGEST_KEPT)
            else _attribute(key, value)
            for key, value in attributes.items()
        ]
    )


def _attribute(key: str, value: AnyValue) -> bytes:
    return Message(attributes=pairs({key: value})).SerializeToString()


_kept_attribute = lru_cache(_KEPT_PAIRS)(_attribute)


def _rarities(span: Span) -> bytes:
    length = span.origin.limits.value_length
    message = Message(
        dropped_attributes_count=span.dropped_attributes,
        dropped_events_count=span.dropped_events,
        dropped_links_count=span.dropped_links,
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
