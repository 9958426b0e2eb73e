"""OpenTelemetry's own exporters, which know nothing of this collector."""

import asyncio

import aiohttp
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as OverGrpc
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as OverHttp
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter

from innkeeper.embedded.traces.server import TracesServer


def exporter(kind: str, server: TracesServer) -> SpanExporter:
    if kind == "grpc":
        return OverGrpc(endpoint=f"http://{server.otlp_grpc}", insecure=True)
    compression = Compression.Gzip if kind == "http, zipped" else Compression.NoCompression
    return OverHttp(endpoint=f"{server.otlp_http}/v1/traces", compression=compression)


def record(sending: SpanExporter) -> str:
    """Send two spans; the id of their trace."""
    provider = TracerProvider(resource=Resource({"service.name": "standard"}))
    provider.add_span_processor(SimpleSpanProcessor(sending))
    tracer = provider.get_tracer("tests")
    with (
        tracer.start_as_current_span("outer", attributes={"hotels": 16}) as outer,
        tracer.start_as_current_span("inner") as inner,
    ):
        inner.add_event("looked", {"found": True})
    provider.shutdown()
    return f"{outer.get_span_context().trace_id:032x}"


@pytest.mark.parametrize("kind", ["grpc", "http", "http, zipped"])
async def test_what_they_send_is_shown(
    kind: str, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Names, parent, tags, events and service of both spans arrive."""
    trace_id = await asyncio.to_thread(record, exporter(kind, server))
    async with http.get(f"{server.url}/api/traces/{trace_id}") as response:
        (trace,) = (await response.json())["data"]
    outer, inner = trace["spans"]
    assert (outer["operationName"], inner["operationName"]) == ("outer", "inner")
    assert inner["references"][0]["spanID"] == outer["spanID"]
    assert {"key": "hotels", "type": "int64", "value": 16} in outer["tags"]
    assert inner["logs"][0]["fields"][0] == {"key": "event", "type": "string", "value": "looked"}
    assert trace["processes"][outer["processID"]]["serviceName"] == "standard"
