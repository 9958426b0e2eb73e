"""A registry of one's own for each test, and a client for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer


@pytest.fixture
async def server() -> AsyncIterator[RegistryServer]:
    async with RegistryServer(port=0, node_name="here") as server:
        yield server


@pytest.fixture
async def http(server: RegistryServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session
