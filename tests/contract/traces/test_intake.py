"""How requests that are wrong, and the forms of those that are right, are answered over HTTP."""

import gzip
import json

import aiohttp
import pytest

from tests.contract.traces.conftest import Collector
from tests.support.spans import export, sent_by, span

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
    async with http.post(url, data=body, headers=headers) as response:
        assert response.status == status
        if status != 415:
            assert response.content_type == headers["Content-Type"]


async def test_reading_the_intake_is_not_allowed(
    collector: Collector, http: aiohttp.ClientSession
) -> None:
    """GET on the intake is answered with 405."""
    async with http.get(f"{collector.otlp_http}/v1/traces") as response:
        assert response.status == 405
