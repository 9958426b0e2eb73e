"""What the page with the map says to the server about traces."""

import pytest
from playwright.async_api import Browser

from tests.support.browser import visit
from tests.support.house import house

pytestmark = pytest.mark.real


async def test_the_page_asks_for_its_traces(browser: Browser) -> None:
    """Its own requests are traced however busy the server is, so that it can link to them."""
    async with house() as url, visit(browser) as visited:
        async with visited.page.expect_request("**/hotels?*") as asked:
            await visited.page.goto(f"{url}/?inDate=2015-04-09&outDate=2015-04-10")
        request = await asked.value
        assert (await request.all_headers())["b3"] == "1"
        assert visited.complaints == []
