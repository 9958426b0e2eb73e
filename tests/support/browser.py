"""Chromium for tests: reaches nothing beyond loopback, and keeps what a page complains of."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Route, async_playwright

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Outside = Callable[[Route], Awaitable[None]]
"""Answers a request that goes beyond loopback."""


@dataclass
class Visit:
    """A page of one visitor, and what happened on it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors that the page threw or wrote to the console, refusals of its policy included."""
    outside: list[str] = field(default_factory=list)
    """Addresses beyond loopback that the page asked for."""

    async def axe(self) -> list[str]:
        """What axe finds serious or critical, one line for each kind of violation."""
        results = await Axe().run(self.page)
        return [
            f"{violation['id']}: {violation['nodes'][0]['html']}"
            for violation in results.response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]

    async def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return width


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium; the test fails when there is none on PATH."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("chromium is not on PATH; on Debian: apt install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=list(_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(
    browser: Browser,
    *,
    width: int = 1280,
    height: int = 800,
    scheme: Literal["light", "dark"] = "light",
    locale: str = "en-US",
    outside: Outside | None = None,
    **options: Any,
) -> AsyncIterator[Visit]:
    """A fresh visitor. Requests beyond loopback go to `outside`, or fail as without internet."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
        reduced_motion="reduce",
        **options,
    )
    visited = Visit(await context.new_page())

    async def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            await route.continue_()
            return
        visited.outside.append(route.request.url)
        await (outside(route) if outside else route.abort("internetdisconnected"))

    def listen(message: ConsoleMessage) -> None:
        # A failed request is written there by the browser itself, whatever the page makes of it.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            visited.complaints.append(message.text)

    await context.route("**/*", guard)
    visited.page.on("console", listen)
    visited.page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    try:
        yield visited
    finally:
        await context.close()
