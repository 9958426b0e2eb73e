import asyncio
import gzip
import io
import json
import threading

import aiohttp
import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from innkeeper.embedded.traces import http_body, http_intake, wire
from innkeeper.embedded.traces.http_intake import MAX_REQUEST_BYTES
from innkeeper.embedded.traces.server import TracesServer
from tests.support.spans import export, sent_by, span

PROTOBUF = {"Content-Type": "application/x-protobuf"}
ZIPPED = {**PROTOBUF, "Content-Encoding": "gzip"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(ZIPPED, gzip.compress(bytes(300_000_000)), id="gzip bomb"),
        pytest.param(PROTOBUF, bytes(MAX_REQUEST_BYTES + 1), id="long body"),
    ],
)
async def test_a_body_beyond_the_limit_is_refused(
    headers: dict[str, str], body: bytes, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """What is too large, packed or not, gets 413 with a status that says so."""
    url = f"{server.otlp_http}/v1/traces"
    async with http.post(url, data=io.BytesIO(body), headers=headers) as response:
        assert response.status == 413
        assert "larger than" in Status.FromString(await response.read()).message


async def test_a_body_of_unknown_length_is_limited_too(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """A chunked body is cut off where the limit is."""

    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(MAX_REQUEST_BYTES // 65536 + 2):
            yield bytes(65536)

    url = f"{server.otlp_http}/v1/traces"
    async with http.post(url, data=chunks(), headers=PROTOBUF) as response:
        assert response.status == 413


async def test_bad_spans_are_counted_in_the_answer(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """A request with one bad span succeeds in part, and says how many spans it lost and why."""
    bad = span(2)
    bad.span_id = b"12"
    body = export(sent_by("a", span(1), bad)).SerializeToString()
    url = f"{server.otlp_http}/v1/traces"
    async with http.post(url, data=body, headers=PROTOBUF) as response:
        assert response.status == 200
        answer = ExportTraceServiceResponse.FromString(await response.read())
    assert answer.partial_success.rejected_spans == 1
    assert "span_id" in answer.partial_success.error_message
    statistics = server.statistics()
    assert (statistics.accepted, statistics.refused) == (1, 1)


async def test_ids_in_json_are_hexadecimal(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """A span in JSON is found under the id that it was written with; a bad id is a bad span."""
    spans = [
        {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "x"},
        {"traceId": "not hexadecimal", "spanId": "b7ad6b7169203331", "name": "y"},
    ]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    async with http.post(f"{server.otlp_http}/v1/traces", data=body, headers=JSON) as response:
        assert (await response.json())["partialSuccess"]["rejectedSpans"] == "1"
    url = f"{server.url}/api/traces/0af7651916cd43dd8448eb211c80319c"
    async with http.get(url) as response:
        assert (await response.json())["data"][0]["spans"][0]["spanID"] == "b7ad6b7169203331"


async def test_json_is_read_beside_the_loop(
    server: TracesServer, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty megabytes of JSON take seconds, in which others are served."""
    readers = []

    def read(body: bytes) -> wire.Message:
        readers.append(threading.current_thread())
        return wire.Request()

    monkeypatch.setattr(http_intake, "parse_json", read)
    async with http.post(f"{server.otlp_http}/v1/traces", data=b"{}", headers=JSON) as response:
        assert response.status == 200
    assert readers != [threading.current_thread()]


async def test_json_nested_without_end_is_a_bad_request(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Brackets by the hundred thousand break nothing."""
    url = f"{server.otlp_http}/v1/traces"
    for body in ("[" * 200_000, '{"resourceSpans":' * 50_000):
        async with http.post(url, data=body, headers=JSON) as response:
            assert response.status == 400


async def test_a_sender_that_stops_half_way_is_told_so(
    server: TracesServer, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a body does not hold its place for ever."""
    monkeypatch.setattr(http_body, "_SECONDS", 0.05)

    async def half():  # type: ignore[no-untyped-def]
        yield b"half"
        await asyncio.sleep(30)

    url = f"{server.otlp_http}/v1/traces"
    async with http.post(url, data=half(), headers=PROTOBUF) as response:
        assert response.status == 408


async def test_too_many_requests_at_once_are_told_to_come_back(
    server: TracesServer, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit a sender gets 503 with Retry-After, which exporters obey."""
    monkeypatch.setattr(http_intake, "MAX_REQUESTS_AT_ONCE", 0)
    url = f"{server.otlp_http}/v1/traces"
    async with http.post(url, data=b"", headers=PROTOBUF) as response:
        assert response.status == 503
        assert response.headers["Retry-After"] == "1"
