"""A collector on free ports, and a client for its API."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from innkeeper.embedded.traces.server import TracesServer


@pytest.fixture
async def server() -> AsyncIterator[TracesServer]:
    async with TracesServer(query_port=0, otlp_grpc_port=0, otlp_http_port=0) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
