"""What holds for any question that is asked of the collector over HTTP."""

import asyncio
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from innkeeper.embedded.traces.server import TracesServer
from tests.support.spans import export, send, sent_by, span

PATHS = st.sampled_from(
    (
        "/api/services",
        "/api/operations",
        "/api/traces",
        "/api/dependencies",
        "/api/metrics/latencies",
        "/api/metrics/calls",
        "/data/summaries",
        "/data/calls",
    )
)
FILTERS = ("service", "operation", "tags", "tag", "minDuration", "maxDuration", "spanKind")
NAMES = st.sampled_from(
    (*FILTERS, "start", "end", "limit", "lookback", "traceID", "raw", "prettyPrint", "endTs")
)
SENSIBLE = ("", "geo", "1ms", "-1", "0", "true", '{"error":"true"}', "error:true", "1h", "1" * 30)
TEXTS = st.text(max_size=20) | st.sampled_from((*SENSIBLE, "9" * 500, "[" * 5000, "é/?#&=%00"))
Ask = Callable[[str, list[tuple[str, str]]], tuple[int, bytes]]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Asks a collector that holds a trace, in a loop of its own."""
    with asyncio.Runner() as runner:
        server = TracesServer(query_port=0, otlp_grpc_port=0, otlp_http_port=0)
        runner.run(server.__aenter__())
        http = runner.run(_session())
        runner.run(send(server.otlp_grpc, export(sent_by("geo", span(1, 1), span(1, 2, 1)))))

        async def answer(path: str, query: list[tuple[str, str]]) -> tuple[int, bytes]:
            pairs = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in query)
            url = URL(f"{server.url}{path}?{pairs}", encoded=True)
            async with http.get(url) as response:
                return response.status, await response.read()

        yield lambda path, query: runner.run(answer(path, query))
        runner.run(http.close())
        runner.run(server.__aexit__())


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


@given(PATHS, st.lists(st.tuples(NAMES, TEXTS), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_parameters_get_an_answer_or_a_reason(
    ask: Ask, path: str, query: list[tuple[str, str]]
) -> None:
    """The answer is always Jaeger's envelope, with data or with errors, never a fault of ours."""
    status, body = ask(path, query)
    answer = json.loads(body)
    assert status in (200, 400, 404, 501)
    assert set(answer) == {"data", "total", "limit", "offset", "errors"}
    if status != 200:
        assert answer["data"] is None
        assert answer["errors"][0]["code"] == status
        assert answer["errors"][0]["msg"]


@given(st.text(min_size=1, max_size=40) | st.sampled_from(("..", "%", "a/b", "0" * 33, "x" * 9999)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_name_in_a_path_gets_an_answer_or_a_reason(ask: Ask, name: str) -> None:
    """Names of 10 kB, slashes, dots and every other character are names."""
    quoted = quote(name, safe="")
    for path in (f"/api/services/{quoted}/operations", f"/api/traces/{quoted}", f"/trace/{quoted}"):
        status, _ = ask(path, [])
        assert status in (200, 400, 404)


def test_what_is_no_http_is_refused_without_a_word_in_the_log(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """A client's mistake is told to the client, not to whoever watches the collector."""
    status, _ = ask(f"/api/traces/{'a' * 2_000_000}", [])
    assert status == 400
    assert caplog.records == []
