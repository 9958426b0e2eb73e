from contextlib import suppress
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from yarl import URL

from innkeeper.embedded.traces import parameters
from innkeeper.embedded.traces.server import TracesServer
from tests.support.spans import EPOCH, export, send, sent_by, span

PARAMETERS = [
    "service",
    "start",
    "end",
    "limit",
    "minDuration",
    "maxDuration",
    "tags",
    "tag",
    "traceID",
    "raw",
    "lookback",
    "endTs",
]


@given(
    st.dictionaries(
        st.sampled_from(PARAMETERS),
        st.text() | st.integers().map(str) | st.from_regex(r"\d+(ns|ms|h|d)", fullmatch=True),
    )
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_parameters_are_read_or_refused_in_words(values: dict[str, str]) -> None:
    """No parameter, however odd, fails in another way than the one that becomes a 400."""
    for read in (parameters.jaeger_search, parameters.page_search, parameters.period):
        with suppress(ValueError):
            read(MultiDict(values), EPOCH)


async def test_names_with_slashes_and_signs_are_found(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """A service may be called anything; its operations are found under its quoted name."""
    name = "a/b?c=d&é <script>"
    await send(server.otlp_grpc, export(sent_by(name, span(name="/x?y"))))
    async with http.get(f"{server.url}/api/services") as response:
        assert (await response.json())["data"] == [name]
    url = URL(f"{server.url}/api/services/{quote(name, safe='')}/operations", encoded=True)
    async with http.get(url) as response:
        assert (await response.json())["data"] == ["/x?y"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/traces/a/b"])
async def test_what_is_not_offered_is_not_found(
    path: str, server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """A path that Jaeger may have and we do not is refused, never an empty success."""
    async with http.get(server.url + path) as response:
        assert response.status == 404
        assert (await response.json())["errors"][0]["code"] == 404


async def test_lookback_takes_the_place_of_a_start(
    server: TracesServer, http: aiohttp.ClientSession
) -> None:
    """lookback=1h finds nothing of years ago, start=0 does."""
    await send(server.otlp_grpc, export(sent_by("geo", span(1))))
    for filters, number in (("lookback=1h", 0), ("lookback=999w", 1), ("start=0", 1)):
        async with http.get(f"{server.url}/api/traces?service=geo&{filters}") as response:
            assert len((await response.json())["data"]) == number
