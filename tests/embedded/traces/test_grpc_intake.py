import grpc
import grpc.aio
import pytest

from innkeeper.embedded.traces.grpc_intake import MAX_REQUEST_BYTES
from innkeeper.embedded.traces.server import TracesServer
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
