"""The pages in a browser."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from innkeeper.embedded.registry import RegistryServer

pytestmark = pytest.mark.real

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MARKUP = "<img src=x onerror=document.title='owned'>"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(FLAGS)
        )
        page = await browser.new_page(viewport={"width": 390, "height": 800})
        yield page
        await browser.close()


async def register(http: aiohttp.ClientSession, **fields: object) -> None:
    body = {"Check": {"TTL": "1h", "Status": "passing"}, **fields}
    async with http.put("/v1/agent/service/register", json=body) as answer:
        assert answer.status == 200


async def beat(http: aiohttp.ClientSession, how: str, note: str = "") -> None:
    async with http.put(f"/v1/agent/check/{how}?note={note}") as answer:
        assert answer.status == 200


async def test_services_are_live(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """A service that registers, and one whose health changes, shows without a reload."""
    await page.goto(server.url)
    await expect(page.get_by_role("heading", name="Services")).to_be_visible()
    await register(http, ID="geo-1", Name="geo", Tags=["v1"])
    row = page.get_by_role("row", name="geo")
    await expect(row).to_contain_text("1 passing")
    await beat(http, "fail/service:geo-1")
    await expect(row).to_contain_text("1 critical")


async def test_an_instance_tells_everything(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """The page of a service shows each instance's address, tags, meta, checks and output."""
    await register(
        http, ID="geo-1", Name="geo", Address="10.0.0.1", Port=80, Tags=["v1"], Meta={"rack": "7"}
    )
    await beat(http, "warn/service:geo-1", "tired")
    await page.goto(f"{server.url}/ui/dc1/services")
    await page.get_by_role("link", name="geo").click()
    await expect(page).to_have_url(f"{server.url}/ui/dc1/services/geo/instances")
    card = page.get_by_role("article")
    for text in ("geo-1", "10.0.0.1:80", "v1", "rack", "7", "Service 'geo' check", "tired"):
        await expect(card).to_contain_text(text)


async def test_the_search_filters(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """What is typed after "/" filters the list and stands in the address."""
    await register(http, Name="geo")
    await register(http, Name="rate")
    await page.goto(f"{server.url}/ui/dc1/services")
    await expect(page.get_by_role("link", name="rate")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("ge")
    await expect(page.get_by_role("link", name="rate")).to_have_count(0)
    await expect(page.get_by_role("link", name="geo")).to_be_visible()
    await expect(page).to_have_url(f"{server.url}/ui/dc1/services?q=ge")


async def test_markup_is_text(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """Markup in names, ids, tags, meta and output shows as text and does nothing."""
    await register(
        http, ID=MARKUP, Name=MARKUP, Tags=[MARKUP], Meta={"m": MARKUP, "u": "javascript:alert(1)"}
    )
    await beat(http, "warn/service:" + quote(MARKUP, safe=""), "<b>out</b>")
    await page.goto(f"{server.url}/ui/dc1/services")
    await page.get_by_role("link", name=MARKUP).click()
    await expect(page.get_by_role("article")).to_contain_text("<b>out</b>")
    assert await page.locator("main img, main b").count() == 0
    assert await page.locator("a[href^='javascript:']").count() == 0
    assert "owned" not in (await page.title()).split(" · ")[1:]


async def test_it_says_when_it_is_not_live(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """A page whose registry went away keeps what it shows and says that it may be old."""
    await register(http, Name="geo")
    await page.goto(f"{server.url}/ui/dc1/services")
    await expect(page.get_by_role("link", name="geo")).to_be_visible()
    await server.__aexit__(None, None, None)
    await expect(page.get_by_role("alert")).to_contain_text("does not answer")
    await expect(page.get_by_role("link", name="geo")).to_be_visible()


async def test_keys(server: RegistryServer, http: aiohttp.ClientSession, page: Page) -> None:
    """Keys are found through their folders."""
    async with http.put("/v1/kv/config/geo/radius", data=b"10000"):
        pass
    await page.goto(f"{server.url}/ui/dc1/kv")
    await page.get_by_role("link", name="config/").click()
    await page.get_by_role("link", name="geo/").click()
    await page.get_by_text("radius").click()
    await expect(page.get_by_text("10000")).to_be_visible()


async def value(http: aiohttp.ClientSession, key: str) -> str | None:
    async with http.get(f"/v1/kv/{key}?raw") as answer:
        return await answer.text() if answer.status == 200 else None


async def test_keys_are_edited_by_keyboard(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """A key is added, changed and deleted without a mouse, each time asked for first."""
    await page.goto(f"{server.url}/ui/dc1/kv")
    await page.get_by_role("button", name="Add a key").press("Enter")
    await page.keyboard.type("motd")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Welcome")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    entry = page.locator("summary", has_text="motd")
    await expect(entry).to_be_visible()
    assert await value(http, "motd") == "Welcome"
    await entry.press("Enter")
    await page.get_by_role("button", name="Edit").press("Enter")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Hello")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await value(http, "motd") == "Welcome"
    await page.get_by_role("button", name="Edit").press("Enter")
    await page.get_by_label("Value").last.fill("Hello")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.locator("pre")).to_have_text("Hello")
    await page.get_by_role("button", name="Delete").press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Delete motd and its value?")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    await expect(entry).to_have_count(0)
    assert await value(http, "motd") is None


async def test_an_edit_overwrites_nobody(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page
) -> None:
    """A key that changed while somebody edited it is not written, and the reader is told."""
    for text in ("one", "two"):
        async with http.put("/v1/kv/motd", data=text.encode()):
            pass
        if text == "one":
            await page.goto(f"{server.url}/ui/dc1/kv/motd")
            await page.get_by_role("button", name="Edit").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").last).to_contain_text("Somebody has changed this key")
    assert await value(http, "motd") == "two"
    assert (await Axe().run(page)).violations_count == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["services", "services/geo/instances", "nodes", "nodes/here/health-checks", "kv"]
)
async def test_accessibility(
    server: RegistryServer, http: aiohttp.ClientSession, page: Page, path: str, scheme: str
) -> None:
    """No page breaks a rule of axe, in light or in dark, or is wider than the screen."""
    await register(http, Name="geo", Tags=["v1"], Meta={"admin": "http://127.0.0.1:1"})
    await beat(http, "warn/service:geo", "tired")
    async with http.put("/v1/kv/motd", data=b"Welcome"):
        pass
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(f"{server.url}/ui/dc1/{path}")
    await expect(page.locator("#live")).to_have_text("Live")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_links_to_other_pages_have_room(page: Page, width: int) -> None:
    """They stand in the head of the page at any width, and lead away from here."""
    others = {"Map": "http://localhost:1/", "Traces": "http://localhost:2/search"}
    async with RegistryServer(port=0, pages=others) as server:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto(f"{server.url}/ui/dc1/services")
        links = page.get_by_role("navigation", name="Other pages").get_by_role("link")
        await expect(links).to_have_text(["Map", "Traces"])
        await expect(links.last).to_have_attribute("href", others["Traces"])
        results = await Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
