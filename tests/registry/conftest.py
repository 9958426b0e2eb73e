from collections.abc import AsyncIterator

import pytest

from innkeeper.registry import Consul
from tests.support.fake_consul import FakeConsul


@pytest.fixture
async def fake() -> AsyncIterator[FakeConsul]:
    async with FakeConsul() as fake:
        yield fake


@pytest.fixture
async def consul(fake: FakeConsul) -> AsyncIterator[Consul]:
    async with Consul(fake.settings()) as consul:
        yield consul
