import asyncio
import socket

import aiohttp
import pytest

from innkeeper.embedded.traces import http_listener
from innkeeper.embedded.traces.grpc_intake import EXPORT
from innkeeper.embedded.traces.server import TracesServer
from tests.support.spans import export, send, sent_by, span


async def test_a_span_sent_over_grpc_is_found_at_once(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """What came over gRPC is in the services, in a search, and under its trace id."""
    await send(server.otlp_grpc, export(sent_by("geo", span(trace=0xABC))))
    async with http.get(f"{server.url}/api/services") as response:
        assert (await response.json())["data"] == ["geo"]
    async with http.get(f"{server.url}/api/traces?service=geo&start=0") as response:
        assert [trace["traceID"] for trace in (await response.json())["data"]] == [f"{0xABC:016x}"]
    async with http.get(f"{server.url}/api/traces/abc") as response:
        assert (await response.json())["data"][0]["spans"][0]["operationName"] == "GET /hotels"


async def test_a_span_sent_over_http_is_found_at_once(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """What came over HTTP is found under its trace id."""
    body = export(sent_by("geo", span(trace=0xABC))).SerializeToString()
    headers = {"Content-Type": "application/x-protobuf"}
    async with http.post(f"{server.otlp_http}/v1/traces", data=body, headers=headers) as response:
        assert response.status == 200
    async with http.get(f"{server.url}/api/traces/abc") as response:
        assert len((await response.json())["data"]) == 1


@pytest.mark.parametrize("listener", ["query_port", "otlp_grpc_port", "otlp_http_port"])
async def test_a_busy_port_is_named(listener: str) -> None:
    """Entering fails with an OSError that names the port, whichever of the three is taken."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        ports = {"query_port": 0, "otlp_grpc_port": 0, "otlp_http_port": 0, listener: port}
        with pytest.raises(OSError, match=str(port)):
            async with TracesServer(**ports):
                pass


async def test_two_servers_do_not_share_a_port(server: TracesServer) -> None:
    """A second collector on the same gRPC port is refused instead of taking half of the spans."""
    port = int(server.otlp_grpc.rpartition(":")[2])
    with pytest.raises(OSError, match=str(port)):
        async with TracesServer(query_port=0, otlp_grpc_port=port, otlp_http_port=0):
            pass


async def test_a_client_that_never_reads_its_answer_holds_up_nobody(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large trace asked for by one who does not take it is there for the next, and the server
    stops all the same."""
    monkeypatch.setattr(http_listener, "_STOP_SECONDS", 0.05)
    async with TracesServer(query_port=0, otlp_grpc_port=0, otlp_http_port=0) as server:
        text = {"text": "x" * 100_000}
        spans = [span(9, number, attributes=text) for number in range(1, 36)]
        for _ in range(5):
            await send(server.otlp_grpc, export(sent_by("large", *spans)))
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=1)
        writer.write(b"GET /api/traces/9?raw=true HTTP/1.1\r\nHost: x\r\n\r\n")
        await writer.drain()
        for _ in range(3):
            async with http.get(f"{server.url}/api/services") as response:
                assert (await response.json())["data"] == ["large"]
            async with http.get(f"{server.url}/api/traces/9?raw=true") as response:
                assert len(await response.read()) > 17_000_000
    writer.close()


async def test_requests_are_told_of(http: aiohttp.ClientSession) -> None:
    """Of questions, pages and spans over HTTP by their route, of spans over gRPC by their code."""
    told = []
    async with TracesServer(
        query_port=0,
        otlp_grpc_port=0,
        otlp_http_port=0,
        observe=lambda *request: told.append(request[:3]),
        observe_call=lambda *call: told.append(call[:2]),
    ) as server:
        for path in ("/api/traces/9", "/api/made/up", "/search"):
            await http.get(server.url + path)
        await http.post(f"{server.otlp_http}/v1/traces")
        await send(server.otlp_grpc, export(sent_by("geo", span())))
    assert told == [
        ("GET", "/api/traces/{trace_id}", 404),
        ("GET", "unknown", 404),
        ("GET", "/search", 200),
        ("POST", "/v1/traces", 415),
        (EXPORT, "OK"),
    ]
