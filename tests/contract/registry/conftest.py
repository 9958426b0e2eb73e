"""The two registries that the contract is about: ours, and a real Consul."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from innkeeper.embedded.registry import RegistryServer
from tests.support.consul import running_consul


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=["embedded", pytest.param("consul", marks=pytest.mark.real)],
)
async def registry_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """One for all tests of a file, because Consul takes seconds to start."""
    if request.param == "consul":
        async with running_consul() as consul:
            yield consul.url
    else:
        async with RegistryServer(port=0) as server:
            yield server.url
