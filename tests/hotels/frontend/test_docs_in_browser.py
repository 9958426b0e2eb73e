import shutil

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright

ORIGIN = "http://innkeeper"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


async def connect(page: Page, client: httpx.AsyncClient) -> list[str]:
    """Let the frontend answer the page; what it asks of anybody else is refused and listed."""
    elsewhere: list[str] = []

    async def answer(route: Route) -> None:
        if not route.request.url.startswith(f"{ORIGIN}/"):
            elsewhere.append(route.request.url)
            await route.abort()
            return
        response = await client.get(route.request.url, headers={"accept-encoding": "identity"})
        await route.fulfill(
            status=response.status_code, headers=dict(response.headers), body=response.content
        )

    await page.route("**/*", answer)
    return elsewhere


@pytest.mark.real
async def test_a_stay_can_be_tried_in_the_documentation(client: httpx.AsyncClient) -> None:
    """Swagger UI shows the API, sends a request and shows its answer, all without the internet."""
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        assert chromium is not None, "install Debian's chromium"
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        elsewhere = await connect(page, client)

        await page.goto(f"{ORIGIN}/docs")
        await page.click("#operations-Hotels-hotels .opblock-summary-control")
        await page.click(".try-out__btn")
        await page.fill("tr[data-param-name=inDate] input", "2015-04-09")
        await page.fill("tr[data-param-name=outDate] input", "2015-04-10")
        await page.click(".execute")
        answer = await page.text_content(".live-responses-table .highlight-code")
        await browser.close()

    assert answer is not None
    assert "Phoenix Hotel" in answer
    assert elsewhere == []
    assert complaints == []
