from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.support.browser import chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, as found on PATH."""
    async with chromium() as browser:
        yield browser
