"""Spans in OTLP, built from a few words, and ways to send them."""

from collections.abc import Mapping

import grpc
import grpc.aio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

EPOCH = 1_700_000_000_000_000_000
"""When test traces start unless they say otherwise, in nanoseconds."""

Attributes = Mapping[str, object]


def span(
    trace: int = 1,
    identity: int = 1,
    parent: int = 0,
    *,
    name: str = "GET /hotels",
    kind: "Span.SpanKind.ValueType" = Span.SPAN_KIND_SERVER,
    start: int = EPOCH,
    duration: int = 1_000_000,
    attributes: Attributes | None = None,
    error: str | None = None,
) -> Span:
    """One span; times in nanoseconds."""
    built = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=identity.to_bytes(8, "big"),
        name=name,
        kind=kind,
        start_time_unix_nano=start,
        end_time_unix_nano=start + duration,
        attributes=key_values(attributes or {}),
    )
    if parent:
        built.parent_span_id = parent.to_bytes(8, "big")
    if error is not None:
        built.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=error))
    return built


def sent_by(service: str | None, *spans: Span, **resource: object) -> ResourceSpans:
    """Spans of one process; None leaves its name out."""
    named = {} if service is None else {"service.name": service}
    return ResourceSpans(
        resource=Resource(attributes=key_values({**named, **resource})),
        scope_spans=[
            ScopeSpans(scope=InstrumentationScope(name="tests", version="1.0"), spans=spans)
        ],
    )


def export(*sent: ResourceSpans) -> ExportTraceServiceRequest:
    """One request."""
    return ExportTraceServiceRequest(resource_spans=sent)


def key_values(attributes: Attributes) -> list[KeyValue]:
    """Attributes with the type of their Python values."""
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def any_value(value: object) -> AnyValue:
    """A value of OTLP; None becomes one that is not set."""
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case str():
            return AnyValue(string_value=value)
        case list():
            return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=key_values(value)))
        case _:
            return AnyValue()


async def send(
    target: str,
    request: ExportTraceServiceRequest,
    compression: grpc.Compression = grpc.Compression.NoCompression,
) -> ExportTraceServiceResponse:
    """Export over gRPC to HOST:PORT."""
    return await send_encoded(target, request.SerializeToString(), compression)


async def send_encoded(
    target: str,
    request: bytes,
    compression: grpc.Compression = grpc.Compression.NoCompression,
) -> ExportTraceServiceResponse:
    """The same for a request that is encoded already, rightly or wrongly."""
    async with grpc.aio.insecure_channel(target) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, ExportTraceServiceResponse] = (
            channel.unary_unary(
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
                response_deserializer=ExportTraceServiceResponse.FromString,
            )
        )
        return await call(request, timeout=20, compression=compression)
