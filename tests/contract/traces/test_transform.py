"""OTLP in JSON turned into Jaeger's, as its UI does with files that people drop on it."""

import json

import aiohttp
import pytest

from tests.contract.traces.conftest import Collector
from tests.contract.traces.normal import normal

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACE = "0a" * 16
SPANS = [
    {
        "traceId": TRACE,
        "spanId": "0b" * 8,
        "name": "GET /hotels",
        "kind": 2,
        "startTimeUnixNano": "1000000",
        "endTimeUnixNano": "3000000",
        "attributes": [{"key": "hotels", "value": {"intValue": "16"}}],
        "status": {"code": 2, "message": "too far"},
    },
    {
        "traceId": TRACE,
        "spanId": "0c" * 8,
        "parentSpanId": "0b" * 8,
        "name": "Search/Nearby",
        "startTimeUnixNano": "1500000",
        "endTimeUnixNano": "2500000",
    },
]
RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "frontend"}}]}
REQUEST = {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": SPANS}]}]}


async def test_otlp_becomes_a_trace(collector: Collector, http: aiohttp.ClientSession) -> None:
    """Every field of a span is where Jaeger's UI looks for it, and nothing is stored."""
    url = f"{collector.url}/api/transform"
    async with http.post(url, data=json.dumps(REQUEST)) as response:
        assert response.status == 200
        (trace,) = normal(await response.json(content_type=None))["data"]
    process = {"serviceName": "frontend", "tags": []}
    common = {"traceID": TRACE, "logs": [], "warnings": None, "process": process}
    parent = {"refType": "CHILD_OF", "traceID": TRACE, "spanID": "0b" * 8}
    assert trace["spans"] == [
        {
            **common,
            "spanID": "0b" * 8,
            "operationName": "GET /hotels",
            "references": [],
            "startTime": 1000,
            "duration": 2000,
            "tags": [
                {"key": "hotels", "type": "int64", "value": 16},
                {"key": "span.kind", "type": "string", "value": "server"},
                {"key": "otel.status_code", "type": "string", "value": "ERROR"},
                {"key": "error", "type": "bool", "value": True},
                {"key": "otel.status_description", "type": "string", "value": "too far"},
            ],
        },
        {
            **common,
            "spanID": "0c" * 8,
            "operationName": "Search/Nearby",
            "references": [parent],
            "startTime": 1500,
            "duration": 1000,
            "tags": [],
        },
    ]
    async with http.get(f"{collector.url}/api/traces/{TRACE}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [("{}", 200), ("", 400), ("{", 400), ("[1]", 400), ('{"resourceSpans":1}', 400)],
)
async def test_what_is_no_otlp_is_refused(
    body: str, status: int, collector: Collector, http: aiohttp.ClientSession
) -> None:
    """The answer is Jaeger's envelope, with no trace or with a reason."""
    async with http.post(f"{collector.url}/api/transform", data=body) as response:
        assert response.status == status
        answer = await response.json(content_type=None)
    if status == 200:
        assert answer["data"] == []
    else:
        assert answer["errors"][0]["msg"].startswith("cannot unmarshal OTLP : ")
