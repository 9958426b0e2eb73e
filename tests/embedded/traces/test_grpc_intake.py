import asyncio
from contextlib import suppress

import grpc
import grpc.aio
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from innkeeper.embedded.traces import grpc_intake, wire
from innkeeper.embedded.traces.grpc_intake import MAX_REQUEST_BYTES, GrpcIntake
from innkeeper.embedded.traces.intake import Intake
from innkeeper.embedded.traces.server import TracesServer
from innkeeper.embedded.traces.store import Store
from innkeeper.errors import BadInput
from tests.support.spans import export, send, sent_by, span

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


async def test_bad_spans_are_counted_in_the_answer(server: TracesServer) -> None:
    """A request with one bad span succeeds in part."""
    bad = span(2)
    bad.trace_id = bytes(16)
    answer = await send(server.otlp_grpc, export(sent_by("a", span(1), bad)))
    assert answer.partial_success.rejected_spans == 1
    assert "trace_id" in answer.partial_success.error_message


async def test_bytes_that_are_no_request_are_bad_input(server: TracesServer) -> None:
    """The sender learns that it was its request, not the collector, that failed."""
    async with grpc.aio.insecure_channel(server.otlp_grpc) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await channel.unary_unary(METHOD)(b"\xff\xff", timeout=20)
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
async def test_a_request_beyond_the_limit_is_refused(
    compression: grpc.Compression, server: TracesServer
) -> None:
    """What is too large, packed or not, never reaches the store."""
    request = export(sent_by("a", span(attributes={"a": "x" * MAX_REQUEST_BYTES})))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await send(server.otlp_grpc, request, compression)
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert server.statistics().accepted == 0


async def test_packed_requests_are_taken(server: TracesServer) -> None:
    """OpenTelemetry's own collector packs what it sends."""
    await send(server.otlp_grpc, export(sent_by("a", span())), grpc.Compression.Gzip)
    assert server.statistics().accepted == 1


async def test_too_many_requests_at_once_are_told_when_to_come_back(
    server: TracesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is one that exporters retry, and says after how long, in both ways of saying."""
    monkeypatch.setattr(grpc_intake, "MAX_REQUESTS_AT_ONCE", 0)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await send(server.otlp_grpc, export(sent_by("a", span())))
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    trailers = dict(raised.value.trailing_metadata())
    (detail,) = Status.FromString(trailers["grpc-status-details-bin"]).details
    later = RetryInfo()
    assert detail.Unpack(later)
    assert later.retry_delay.seconds == 1
    assert RetryInfo.FromString(trailers["google.rpc.retryinfo-bin"]) == later


async def test_many_senders_at_once_lose_nothing(server: TracesServer) -> None:
    """More requests than are worked on at a time are all stored, if each is sent when asked to."""

    async def sender(number: int) -> None:
        request = export(sent_by("a", *(span(number, n) for n in range(1, 101))))
        await send(server.otlp_grpc, request)

    await asyncio.gather(*(sender(number) for number in range(1, 25)))
    statistics = server.statistics()
    assert (statistics.traces, statistics.accepted, statistics.refused) == (24, 2400, 0)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (None, "OK"),
        (BadInput("bad"), "INVALID_ARGUMENT"),
        (RuntimeError("broken"), "INTERNAL"),
    ],
)
async def test_calls_are_told_of(outcome: Exception | None, code: str) -> None:
    """With the name of the status that they end with."""
    told = []

    class Fake(Intake):
        async def accept(self, message: wire.Message) -> ExportTraceServiceResponse:
            if outcome is not None:
                raise outcome
            return ExportTraceServiceResponse()

    def observe(method: str, code: str, seconds: float) -> None:
        assert method == METHOD.lstrip("/")
        assert 0 <= seconds < 60
        told.append(code)

    async with (
        GrpcIntake(Fake(Store(1)), "127.0.0.1", 0, observe) as intake,
        grpc.aio.insecure_channel(f"127.0.0.1:{intake.port}") as channel,
    ):
        with suppress(grpc.aio.AioRpcError):
            await channel.unary_unary(METHOD)(b"", timeout=20)
    assert told == [code]


async def test_a_cancelled_call_is_told_of() -> None:
    """One that its sender gave up on counts as that."""
    begun, told = asyncio.Event(), asyncio.Queue[str]()

    class Hanging(Intake):
        async def accept(self, message: wire.Message) -> ExportTraceServiceResponse:
            begun.set()
            return await asyncio.Future()

    async with (
        GrpcIntake(Hanging(Store(1)), "127.0.0.1", 0, lambda *a: told.put_nowait(a[1])) as intake,
        grpc.aio.insecure_channel(f"127.0.0.1:{intake.port}") as channel,
    ):
        call = channel.unary_unary(METHOD)(b"", timeout=20)
        await begun.wait()
        call.cancel()
        assert await asyncio.wait_for(told.get(), 10) == "CANCELLED"


async def test_a_call_too_many_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal for the moment counts as one."""
    monkeypatch.setattr(grpc_intake, "MAX_REQUESTS_AT_ONCE", 0)
    told = []
    async with (
        GrpcIntake(Intake(Store(1)), "127.0.0.1", 0, lambda *call: told.append(call[1])) as intake,
        grpc.aio.insecure_channel(f"127.0.0.1:{intake.port}") as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError):
            await channel.unary_unary(METHOD)(b"", timeout=20)
    assert told == ["UNAVAILABLE"]
