from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.frontend import frontend


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A frontend over fakes that know two hotels."""
    async with frontend() as client:
        yield client
