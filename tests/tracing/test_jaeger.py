"""Our spans in a real Jaeger."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from opentelemetry.trace import SpanKind, StatusCode

from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing, activate, deactivate, extract, traceparent
from tests.support.jaeger import running_jaeger


async def found(url: str) -> dict[str, Any]:
    """The one trace of search, as soon as both its spans are there."""
    async with aiohttp.ClientSession() as client:
        while True:
            async with client.get(f"{url}/api/traces?service=search") as answer:
                traces = (await answer.json())["data"]
            if traces and len(traces[0]["spans"]) == 2:
                return dict(traces[0])
            await asyncio.sleep(0.02)


@pytest.mark.real
async def test_jaeger_shows_a_trace_within_a_second() -> None:
    """Two services make one trace, with parents, kinds, tags, events and errors as sent."""
    async with (
        running_jaeger() as jaeger,
        Tracing(TracingSettings(endpoint=f"http://{jaeger.otlp_grpc}")) as tracing,
    ):
        client = tracing.tracer("search", "search-1").begin("Nearby", SpanKind.CLIENT, None)
        token = activate(client)
        header = traceparent(client.get_span_context())
        server = tracing.tracer("geo", "geo-2").begin(
            "Nearby", SpanKind.SERVER, extract(header), {"hotels": 16}
        )
        server.add_event("looked", {"found": True})
        server.set_status(StatusCode.ERROR, "went wrong")
        server.end()
        deactivate(token)
        client.end()
        ended = time.monotonic()
        trace = await asyncio.wait_for(found(jaeger.url), 10)
        assert time.monotonic() - ended < 1
    spans = {
        tag["value"]: span
        for span in trace["spans"]
        for tag in span["tags"]
        if tag["key"] == "span.kind"
    }
    assert spans["server"]["references"][0]["spanID"] == spans["client"]["spanID"]
    tags = {tag["key"]: tag["value"] for tag in spans["server"]["tags"]}
    assert tags["hotels"] == 16
    assert tags["error"] is True
    assert tags["otel.status_description"] == "went wrong"
    assert [field["value"] for field in spans["server"]["logs"][0]["fields"]] == ["looked", True]
    process = trace["processes"][spans["server"]["processID"]]
    assert process["serviceName"] == "geo"
    assert {"key": "service.instance.id", "type": "string", "value": "geo-2"} in process["tags"]
