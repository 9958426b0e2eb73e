"""How requests that are wrong, and the forms of those that are right, are answered over HTTP."""

import asyncio
import gzip
import io
import json

import aiohttp
import pytest
from google.rpc.status_pb2 import Status

from tests.contract.traces.conftest import Collector
from tests.support.spans import EPOCH, export, send, sent_by, span

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
ZIPPED = {**PROTOBUF, "Content-Encoding": "gzip"}
ZIPPED_JSON = {**JSON, "Content-Encoding": "gzip"}
GOOD = export(sent_by("geo", span())).SerializeToString()
GOOD_JSON = json.dumps(
    {
        "resourceSpans": [
            {"scopeSpans": [{"spans": [{"traceId": "0a" * 16, "spanId": "0b" * 8, "name": "x"}]}]}
        ]
    }
).encode()


def long_request(megabytes: int) -> bytes:
    """One span that takes so much."""
    attributes = {"text": "x" * megabytes * 1_000_000}
    return export(sent_by("long", span(attributes=attributes))).SerializeToString()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param(PROTOBUF, GOOD, 200, id="protobuf"),
        pytest.param(PROTOBUF, b"", 200, id="no protobuf at all"),
        pytest.param(ZIPPED, gzip.compress(GOOD), 200, id="protobuf, zipped"),
        pytest.param(JSON, GOOD_JSON, 200, id="json"),
        pytest.param(JSON, b"{}", 200, id="empty json"),
        pytest.param(ZIPPED_JSON, gzip.compress(GOOD_JSON), 200, id="json, zipped"),
        pytest.param(PROTOBUF, b"\xff\xff", 400, id="not protobuf"),
        pytest.param(PROTOBUF, GOOD[:-1], 400, id="half a protobuf"),
        pytest.param(JSON, b"{", 400, id="half a json"),
        pytest.param(JSON, b"[1]", 400, id="json of another shape"),
        pytest.param(JSON, b'{"resourceSpans": 1}', 400, id="json of another type"),
        pytest.param(ZIPPED, GOOD, 400, id="not zipped"),
        pytest.param(ZIPPED, gzip.compress(GOOD)[:-9], 400, id="half a zip"),
        pytest.param({**PROTOBUF, "Content-Encoding": "x"}, GOOD, 400, id="unknown encoding"),
        pytest.param({"Content-Type": "text/plain"}, GOOD, 415, id="text"),
        pytest.param(PROTOBUF, GOOD.replace(b"geo", b"g\xff\xfe"), 200, id="no utf-8"),
        pytest.param(JSON, GOOD_JSON.replace(b"x", b"\xff"), 200, id="json that is no utf-8"),
        pytest.param(JSON, GOOD_JSON.replace(b"x", b"\\ud800"), 200, id="half a character"),
        pytest.param(PROTOBUF, long_request(15), 200, id="15 MB"),
    ],
)
async def test_a_request_gets_the_status_that_jaeger_gives(
    headers: dict[str, str],
    body: bytes,
    status: int,
    collector: Collector,
    http: aiohttp.ClientSession,
) -> None:
    """The status says who has to change what, and the answer comes in the form of the request."""
    url = f"{collector.otlp_http}/v1/traces"
    async with http.post(url, data=io.BytesIO(body), headers=headers) as response:
        assert response.status == status
        if status != 415:
            assert response.content_type == headers["Content-Type"]


async def test_reading_the_intake_is_not_allowed(
    collector: Collector, http: aiohttp.ClientSession
) -> None:
    """GET on the intake is answered with 405."""
    async with http.get(f"{collector.otlp_http}/v1/traces") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(ZIPPED, gzip.compress(bytes(300_000_000)), id="gzip bomb"),
        pytest.param(PROTOBUF, long_request(22), id="22 MB"),
    ],
)
async def test_too_much_is_refused_and_the_next_client_notices_nothing(
    headers: dict[str, str], body: bytes, collector: Collector, http: aiohttp.ClientSession
) -> None:
    """To a body beyond 20 MiB Jaeger says 400; ours says 413, which names the fault."""
    url = f"{collector.otlp_http}/v1/traces"
    async with http.post(url, data=io.BytesIO(body), headers=headers) as response:
        assert response.status in (400, 413)
        assert "large" in Status.FromString(await response.read()).message
    async with http.post(url, data=GOOD, headers=PROTOBUF) as response:
        assert response.status == 200


async def test_a_connection_that_ends_half_way_harms_nobody(
    collector: Collector, http: aiohttp.ClientSession
) -> None:
    """A sender that dies within its body leaves nothing behind, and the next is served."""
    host, _, port = collector.otlp_http.removeprefix("http://").rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
    half = export(sent_by("half", span(0xAAAA))).SerializeToString()
    writer.write(f"{head}Content-Length: {2 * len(half)}\r\n\r\n".encode() + half)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with http.post(
        f"{collector.otlp_http}/v1/traces", data=GOOD, headers=PROTOBUF
    ) as response:
        assert response.status == 200
    async with http.get(f"{collector.url}/api/traces/aaaa") as response:
        assert response.status == 404


@pytest.mark.real
@pytest.mark.timeout(120)
async def test_a_hundred_thousand_spans_in_one_trace_are_all_shown(
    collector: Collector, http: aiohttp.ClientSession
) -> None:
    """With the memory that is the default, and over gRPC, whose requests are the smallest."""
    attributes = {"rpc.system": "grpc", "rpc.method": "Nearby", "server.address": "127.0.0.1"}
    for first in range(1, 100_001, 5_000):
        numbers = range(first, first + 5_000)
        built = (span(0xB16, n, n // 2, start=EPOCH + n, attributes=attributes) for n in numbers)
        answer = await send(collector.otlp_grpc, export(sent_by("huge", *built)))
        assert answer.partial_success.rejected_spans == 0

    async def shown() -> int:
        async with http.get(f"{collector.url}/api/traces/b16") as response:
            (trace,) = (await response.json())["data"]
            return len(trace["spans"])

    for _ in range(10):
        if await shown() == 100_000:
            return
        await asyncio.sleep(1)
    assert await shown() == 100_000
