from collections.abc import AsyncIterator

import pytest

from innkeeper.registry import Consul
from innkeeper.settings import RegistrySettings
from tests.support.health_server import HealthServer
from tests.support.registries import EmbeddedRegistry, RealConsul, Registry


@pytest.fixture(params=["embedded", pytest.param("consul", marks=pytest.mark.real)])
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    registry: Registry = EmbeddedRegistry() if request.param == "embedded" else RealConsul()
    try:
        await registry.start()
        yield registry
    finally:
        await registry.stop()


@pytest.fixture
async def consul(registry: Registry) -> AsyncIterator[Consul]:
    async with Consul(RegistrySettings(url=registry.url)) as consul:
        yield consul


@pytest.fixture
async def first() -> AsyncIterator[HealthServer]:
    async with HealthServer() as server:
        yield server


@pytest.fixture
async def second() -> AsyncIterator[HealthServer]:
    async with HealthServer() as server:
        yield server
