"""The two collectors that the contract is about: ours, and a real Jaeger."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio

from innkeeper.embedded.traces.server import TracesServer
from tests.support.jaeger import running_jaeger


@dataclass(frozen=True)
class Collector:
    """Where one collector listens."""

    url: str
    otlp_grpc: str
    otlp_http: str


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=["embedded", pytest.param("jaeger", marks=pytest.mark.real)],
)
async def collector(request: pytest.FixtureRequest) -> AsyncIterator[Collector]:
    """One for all tests of a file, because Jaeger takes a second to start."""
    if request.param == "jaeger":
        async with running_jaeger() as jaeger:
            yield Collector(jaeger.url, jaeger.otlp_grpc, jaeger.otlp_http)
    else:
        async with TracesServer(query_port=0, otlp_grpc_port=0, otlp_http_port=0) as server:
            yield Collector(server.url, server.otlp_grpc, server.otlp_http)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
