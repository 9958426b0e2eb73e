"""A process' tracing as a whole, over the wire to a collector."""

import asyncio
import logging
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags

from innkeeper.errors import CannotStart
from innkeeper.settings import Settings, TracingSettings
from innkeeper.tracing import Tracing, traceparent
from tests.support.collector import Collector
from tests.support.eventually import eventually

UNHEARD = "http://127.0.0.1:1"


def environ_of(collector: Collector) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}


async def test_a_span_reaches_the_collector_within_a_second() -> None:
    """Without anybody flushing, over gRPC, with all that was noted down."""
    async with (
        Collector() as collector,
        Tracing(TracingSettings(endpoint=collector.endpoint)) as tracing,
    ):
        span = tracing.tracer("geo", "geo-1").begin("Nearby", SpanKind.SERVER, None, {"n": 16})
        span.add_event("looked", {"found": True})
        span.set_status(StatusCode.ERROR, "went wrong")
        span.end()
        ended = time.monotonic()
        await eventually(lambda: collector.spans)
        assert time.monotonic() - ended < 1
        (received,) = collector.spans
        assert received.trace_id == span.get_span_context().trace_id.to_bytes(16, "big")
        assert (received.name, received.kind) == ("Nearby", 2)
        assert received.attributes[0].value.int_value == 16
        assert received.events[0].name == "looked"
        assert (received.status.code, received.status.message) == (2, "went wrong")


async def test_spans_say_which_instance_of_which_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service, instance and namespace, and what the user adds by the standard variable."""
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=trial")
    async with (
        Collector() as collector,
        Tracing(TracingSettings(endpoint=collector.endpoint)) as tracing,
    ):
        tracing.tracer("geo", "geo-2").begin("a").end()
        tracing.tracer("rate", "rate-1").begin("b").end()
        await eventually(lambda: len(collector.spans) == 2)
        geo, rate = (
            {pair.key: pair.value.string_value for pair in sent.resource.attributes}
            for request in collector.requests
            for sent in request.resource_spans
        )
    assert (
        geo.items()
        >= {
            "service.name": "geo",
            "service.instance.id": "geo-2",
            "service.namespace": "innkeeper",
            "deployment.environment.name": "trial",
        }.items()
    )
    assert rate.items() >= {"service.name": "rate", "service.instance.id": "rate-1"}.items()


async def test_a_named_endpoint_and_its_headers_are_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the user names the endpoint, the exporter reads the standard variables itself."""
    async with Collector() as collector:
        environ = environ_of(collector)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=inn")
        async with Tracing(Settings.from_environ(environ).tracing) as tracing:
            tracing.tracer("geo", "geo-1").begin("a").end()
            await eventually(lambda: collector.spans)
        assert collector.metadata[0]["x-team"] == "inn"


async def test_http_is_spoken_where_asked_for() -> None:
    """`http/protobuf` posts to the endpoint's path for traces."""
    received: list[ExportTraceServiceRequest] = []

    async def take(request: web.Request) -> web.Response:
        received.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()

    application = web.Application()
    application.router.add_post("/v1/traces", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = TracingSettings(endpoint=f"http://127.0.0.1:{runner.addresses[0][1]}")
    async with Tracing(replace(settings, protocol="http/protobuf")) as tracing:
        tracing.tracer("geo", "geo-1").begin("a").end()
    await runner.cleanup()
    assert received[0].resource_spans[0].scope_spans[0].spans[0].name == "a"


async def test_a_collector_on_the_same_loop_gets_the_last_spans() -> None:
    """Leaving delivers what waits without blocking the loop that takes it."""
    async with Collector() as collector:
        async with Tracing(TracingSettings(endpoint=collector.endpoint)) as tracing:
            tracing.tracer("traces", "traces-1").begin("last words").end()
        assert [span.name for span in collector.spans] == ["last words"]
        assert tracing.statistics().delivered == 1


@pytest.mark.parametrize("hung", [False, True])
async def test_a_missing_collector_costs_at_most_a_second_at_the_end(
    hung: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it refuses or hangs; and nothing but our own warning is logged."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if hung:
            listener.listen()
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with caplog.at_level(logging.INFO):
            tracing = Tracing(TracingSettings(endpoint=endpoint))
            async with tracing:
                tracing.tracer("geo", "geo-1").begin("a").end()
                await asyncio.sleep(0.4)
                leaving = time.monotonic()
            assert time.monotonic() - leaving < 1.5
    assert {record.name for record in caplog.records} <= {"innkeeper.tracing.recorder"}
    assert len(caplog.records) <= 1
    assert "no reason given" not in caplog.text


async def test_a_collector_that_comes_late_gets_what_waited() -> None:
    """Spans recorded while it was away are delivered when it is there."""
    collector = Collector()
    async with Tracing(TracingSettings(endpoint=collector.endpoint)) as tracing:
        tracing.tracer("geo", "geo-1").begin("early").end()
        await asyncio.sleep(0.3)
        async with collector:
            await eventually(lambda: collector.spans)


async def test_disabled_records_nothing_and_hands_traces_on() -> None:
    """`OTEL_SDK_DISABLED` leaves the caller's trace as it is."""
    settings = Settings.from_environ({"OTEL_SDK_DISABLED": "true"}).tracing
    caller = SpanContext(1, 2, True, TraceFlags(1))
    async with Tracing(settings) as tracing:
        tracer = tracing.tracer("geo", "geo-1")
        below, root = tracer.begin("a", parent=caller), tracer.begin("b", parent=None)
        called = tracer.begin_called("c", traceparent(caller), None)
        below.end()
        assert isinstance(called, NonRecordingSpan)
        assert called.get_span_context() == caller
        assert isinstance(below, NonRecordingSpan)
        assert below.get_span_context() is caller
        assert not root.get_span_context().is_valid
        assert tracing.statistics().recorded == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "many"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
    ],
)
def test_a_wrong_variable_is_told_in_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process does not start, and the text quotes the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart, match=value) as raised:
        Tracing(TracingSettings(endpoint=UNHEARD))
    assert "\n" not in str(raised.value)


def test_an_unknown_protocol_is_told() -> None:
    """The text says which ones there are."""
    with pytest.raises(CannotStart, match="grpc or http/protobuf"):
        Tracing(TracingSettings(endpoint=UNHEARD, protocol="http/json"))


async def test_one_short_call_traces_a_service_of_ones_own() -> None:
    """The program of the README ends without flushing, and its spans are delivered."""
    program = """
from innkeeper import tracing
tracer = tracing.init("billing")
with tracer.start_as_current_span("invoice"):
    from opentelemetry import trace
    trace.get_tracer("mine").start_span("line").end()
"""
    async with Collector() as collector:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", program),
            env=environ_of(collector),
            stderr=subprocess.PIPE,
        )
        _, errors = await child.communicate()
        assert errors.decode() == ""
        assert child.returncode == 0
        assert [span.name for span in collector.spans] == ["line", "invoice"]
        (sent,) = collector.requests[0].resource_spans
        names = {pair.key: pair.value.string_value for pair in sent.resource.attributes}
        assert names["service.name"] == "billing"
        assert names["service.instance.id"].startswith("billing-")
