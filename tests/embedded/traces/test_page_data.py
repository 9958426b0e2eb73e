import time

import aiohttp

from innkeeper.embedded.traces.server import TracesServer
from tests.support.spans import export, send, sent_by, span

HOUR = 3600 * 10**9


async def test_summaries_need_no_service_and_hide_no_future(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """The page lists traces of any service, those of a clock that is fast included."""
    now = time.time_ns()
    await send(server.otlp_grpc, export(sent_by("slow", span(1, start=now - HOUR // 2))))
    await send(server.otlp_grpc, export(sent_by("fast", span(2, start=now + HOUR))))
    async with http.get(f"{server.url}/data/summaries?lookback=1h") as response:
        summaries = (await response.json())["data"]
    assert [summary["service"] for summary in summaries] == ["fast", "slow"]


async def test_calls_come_with_errors_and_percentile(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """The page of dependencies gets what Jaeger's API has no fields for."""
    now = time.time_ns()
    request = export(
        sent_by("a", span(1, 1, start=now - 1000)),
        sent_by("b", span(1, 2, 1, start=now, duration=7000, error="no")),
    )
    await send(server.otlp_grpc, request)
    async with http.get(f"{server.url}/data/calls") as response:
        calls = (await response.json())["data"]
    assert calls == [{"parent": "a", "child": "b", "calls": 1, "errors": 1, "p95": 7000}]


async def test_the_figures_say_what_is_held(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """Bytes held and the limit are there to be shown."""
    await send(server.otlp_grpc, export(sent_by("a", span(1))))
    async with http.get(f"{server.url}/data/statistics") as response:
        figures = (await response.json())["data"]
    assert figures["capacity"] == 256_000_000
    assert figures["spans"] == figures["accepted"] == 1
    assert 500 < figures["bytes"] < 5000
