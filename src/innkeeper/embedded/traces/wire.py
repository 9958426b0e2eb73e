"""OTLP's messages as Go reads them, and only as far as somebody asks.

protobuf refuses a whole request for one text in it that is no UTF-8; Jaeger keeps the span. So
these are OTLP's own descriptors with every text declared as bytes, which is the same on the wire.
And the spans of a request stay encoded: `Head` has what searches need and skips the rest, which
takes a tenth of the time of reading a span and keeps its bytes as they came.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.descriptor_pb2 import FileDescriptorProto as File
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

_PACKAGE = "opentelemetry.proto"
_PLAIN = (
    "trace_id",
    "span_id",
    "parent_span_id",
    "name",
    "kind",
    "start_time_unix_nano",
    "end_time_unix_nano",
)
_IN_HEAD = frozenset((*_PLAIN, "links", "status"))

Message = Any
"""A message of one of the classes below, which mypy knows nothing of. Texts in it are bytes."""


def _pool() -> DescriptorPool:
    pool = DescriptorPool()
    for module in (common_pb2, resource_pb2, trace_pb2, trace_service_pb2):
        file = File()
        module.DESCRIPTOR.CopyToProto(file)
        for message in _messages(file.message_type):
            for field in message.field:
                if field.type == FieldDescriptorProto.TYPE_STRING:
                    field.type = FieldDescriptorProto.TYPE_BYTES
                if message.name == "ScopeSpans" and field.name == "spans":
                    _leave_encoded(field)
        if module is trace_pb2:
            file.message_type.append(_head(file))
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def _messages(outer: Any) -> Iterator[DescriptorProto]:
    for message in outer:
        yield message
        yield from _messages(message.nested_type)


def _head(file: File) -> DescriptorProto:
    (span,) = (message for message in file.message_type if message.name == "Span")
    head = DescriptorProto(name="Head")
    for field in span.field:
        if field.name in _IN_HEAD:
            head.field.append(field)
            if field.type == FieldDescriptorProto.TYPE_MESSAGE:
                _leave_encoded(head.field[-1])
    return head


def _leave_encoded(field: FieldDescriptorProto) -> None:
    field.type = FieldDescriptorProto.TYPE_BYTES
    field.ClearField("type_name")
    if field.name != "spans":
        # That there are some is all that a head says; the last of several stands for them.
        field.label = FieldDescriptorProto.LABEL_OPTIONAL


def _message(name: str) -> Any:
    return GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


_POOL = _pool()
Request = _message("collector.trace.v1.ExportTraceServiceRequest")
"""ExportTraceServiceRequest whose spans are bytes."""
Head = _message("trace.v1.Head")
"""The fields of a Span that are looked at when it arrives; links and status are bytes."""
Span = _message("trace.v1.Span")
Status = _message("trace.v1.Status")
Resource = _message("resource.v1.Resource")


def read_span(encoded: bytes) -> Message | None:
    """All of a span, or None when what is beyond its head is no OTLP."""
    try:
        return Span.FromString(encoded)
    except DecodeError:
        return None


def read_part(encoded: bytes) -> Message:
    """The span with no more than what its head says in plain fields."""
    head = Head.FromString(encoded)
    return Span(**{name: getattr(head, name) for name in _PLAIN})
