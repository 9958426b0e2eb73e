"""The pages as a reader meets them, in Chromium."""

import json
import time
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from innkeeper.embedded.traces.server import TracesServer
from tests.support.browser import chromium, visit
from tests.support.spans import export, send, sent_by, span

pytestmark = pytest.mark.real

MARKUP = "<img src=x onerror=document.title='broken'>"
MS = 1_000_000


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page of a visitor; what it complains of fails the test."""
    async with chromium() as browser, visit(browser) as visited:
        yield visited.page
        assert visited.complaints == []


async def feed(server: TracesServer) -> None:
    """A trace with an error and markup in every place, and one that goes round in a circle."""
    now = time.time_ns() - 10 * MS
    failed = span(2, 2, 1, name=MARKUP, start=now + MS, duration=3 * MS, error=MARKUP)
    failed.events.add(name=MARKUP, time_unix_nano=now)
    request = export(
        sent_by("front", span(2, 1, name="GET /hotels", start=now, duration=9 * MS)),
        sent_by("back", failed, **{MARKUP: MARKUP}),
        sent_by("round", span(3, 1, 2, start=now), span(3, 2, 1, start=now + MS)),
    )
    await send(server.otlp_grpc, request)


async def accessible(page: Page) -> None:
    """Nothing that axe finds fault with, in either colour scheme."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        # Axe is injected by the test; the page's own policy would not let it in.
        results = await Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


async def test_a_search_leads_to_a_trace(server: TracesServer, page: Page) -> None:
    """Filters are in the address; a result opens the timeline; back leads to the same search."""
    await feed(server)
    await page.goto(server.url)
    await expect(page.locator(".result")).to_have_count(2)
    await page.select_option("#service", "front")
    await page.fill("#tags", "span.kind=server")
    await page.get_by_role("button", name="Find traces").click()
    await expect(page.locator(".result")).to_have_count(1)
    assert "service=front" in page.url
    await expect(page.locator(".result")).to_contain_text("1 error")
    await accessible(page)
    await page.locator(".result").click()
    await expect(page.locator(".waterfall__row")).to_have_count(2)
    await page.get_by_role("link", name="Traces", exact=True).click()
    await expect(page.locator("#service")).to_have_value("front")
    await expect(page.locator("#held")).to_contain_text("4 spans of 2 traces")


async def test_under_load_the_share_kept_is_shown(server: TracesServer, page: Page) -> None:
    """The list and each trace say how many requests the kept ones stand for."""
    kept = span(4, 1, start=time.time_ns(), attributes={"innkeeper.sampling.adjusted_count": 12})
    await send(server.otlp_grpc, export(sent_by("front", kept)))
    await feed(server)
    await page.goto(server.url)
    await expect(page.locator("#count")).to_have_text("3 traces found, kept of 14 requests")
    await page.locator(".result", has_text="kept 1 of 12 requests").click()
    await expect(page.locator("#facts")).to_contain_text("1 of 12 requests")


async def test_what_spans_say_is_shown_as_text(server: TracesServer, page: Page) -> None:
    """Markup in names, tags, events and processes stays markup that one can read."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    await page.locator(".span__open").nth(1).click()
    for summary in await page.locator(".details summary").all():
        if await summary.evaluate("node => !node.parentElement.open"):
            await summary.click()
    details = page.locator(".details")
    await expect(details.get_by_text(MARKUP)).to_have_count(5)
    await expect(page.locator(".waterfall img")).to_have_count(0)
    assert "broken" not in await page.title()
    await accessible(page)


async def test_children_fold_and_hits_unfold_them(server: TracesServer, page: Page) -> None:
    """Collapse hides what is below; finding something there brings it back."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    rows = page.locator(".waterfall__row")
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="Collapse all").click()
    await expect(rows).to_have_count(1)
    await page.fill("#needle", "onerror")
    await expect(rows).to_have_count(2)
    await expect(page.locator("#hits")).to_have_text("1 of 1")
    await expect(page.locator(".span--current")).to_contain_text("back")


async def test_a_trace_can_be_zoomed(server: TracesServer, page: Page) -> None:
    """Dragging over the minimap shows that stretch alone, a span can be shown alone, and one click
    shows everything again."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    whole = page.get_by_role("button", name="Whole trace")
    await expect(whole).to_be_hidden()
    box = await page.locator(".minimap__field").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20)
    await page.mouse.up()
    await expect(page.locator(".ticks")).to_contain_text("4.5 ms")
    # The second span ended before that.
    await expect(page.locator(".waterfall .bar")).to_have_count(1)
    await whole.click()
    await expect(page.locator(".waterfall .bar")).to_have_count(2)
    await page.locator(".span__open").nth(1).click()
    await page.get_by_role("button", name="Zoom to this span").click()
    await expect(page.locator(".ticks span").first).to_have_text("1 ms")


async def test_the_critical_path_is_marked(server: TracesServer, page: Page) -> None:
    """Root and child share the time: the root before and after its child, the child within."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    await expect(page.locator(".critical")).to_have_count(0)
    await page.get_by_label("Critical path").check()
    await expect(page.locator(".critical")).to_have_count(3)


async def test_a_trace_can_be_downloaded(server: TracesServer, page: Page) -> None:
    """The file is what the API answers."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download JSON").click()
    download = await waiting.value
    assert download.suggested_filename == f"trace-{2:016x}.json"
    (trace,) = json.loads((await download.path()).read_text())["data"]
    assert len(trace["spans"]) == 2


async def test_a_trace_is_read_by_keyboard(server: TracesServer, page: Page) -> None:
    """Enter goes from hit to hit, and opens a span whose details it closes again."""
    await feed(server)
    await page.goto(f"{server.url}/trace/2")
    await page.focus("#needle")
    await page.keyboard.type("span.kind=server")
    await expect(page.locator("#hits")).to_have_text("1 of 2")
    await page.keyboard.press("Enter")
    await expect(page.locator("#hits")).to_have_text("2 of 2")
    await page.locator(".span__open").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".details")).to_be_visible()
    await expect(page.locator(".span__open").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".details")).to_have_count(0)


async def test_a_cycle_is_cut_and_said(server: TracesServer, page: Page) -> None:
    """Spans that are each other's parents are all shown."""
    await feed(server)
    await page.goto(f"{server.url}/trace/3")
    await expect(page.locator(".waterfall__row")).to_have_count(2)
    await expect(page.get_by_text("part of a cycle")).to_be_visible()


async def feed_huge(server: TracesServer, spans: int) -> None:
    """One trace, each of its spans below one that came before it."""
    now = time.time_ns()
    for first in range(1, spans + 1, 5_000):
        numbers = range(first, min(first + 5_000, spans + 1))
        built = (span(9, n, n // 2, start=now + n * 1000, attributes={"n": n}) for n in numbers)
        await send(server.otlp_grpc, export(sent_by("huge", *built)))


@pytest.mark.parametrize("spans", [10_000, 100_000])
async def test_huge_traces_are_within_reach(spans: int, server: TracesServer, page: Page) -> None:
    """They open with few rows, the last of their spans is one search away, and rows that are far
    from the window are taken away again."""
    await feed_huge(server, spans)
    await page.goto(f"{server.url}/trace/9")
    await expect(page.locator("#facts")).to_contain_text(f"{spans:,}", timeout=30_000)
    rows = page.locator(".waterfall__row")
    assert await rows.count() < 500
    await page.fill("#needle", f"n={spans - 1}")
    await expect(page.locator(".span--current")).to_be_in_viewport(timeout=10_000)
    for tenth in range(11):
        await page.evaluate("part => scrollTo(0, part * document.body.scrollHeight)", tenth / 10)
        await expect(rows.locator("visible=true").first).to_be_attached()
    await expect(rows.nth(500)).to_have_count(0)


async def test_a_trace_that_was_cut_says_so(page: Page) -> None:
    """The page names the number of spans that had no room."""
    ports = {"query_port": 0, "otlp_grpc_port": 0, "otlp_http_port": 0}
    async with TracesServer(**ports, memory_mb=1) as server:
        await feed_huge(server, 5_000)
        await page.goto(f"{server.url}/trace/9")
        refused = server.statistics().refused
        assert refused > 0
        await expect(page.locator("#warnings")).to_contain_text(f"{refused} spans of this trace")
        await expect(page.locator("#held")).to_contain_text(f"{refused:,} refused, 0 evicted")


async def test_dependencies_are_drawn_and_listed(server: TracesServer, page: Page) -> None:
    """The page shows the one pair of services that call each other, with its error."""
    await feed(server)
    await page.goto(f"{server.url}/dependencies")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("1 error")
    await expect(page.locator(".graph__node")).to_have_count(2)
    await accessible(page)


async def test_pages_fit_a_phone(server: TracesServer, page: Page) -> None:
    """No page is wider than 390 pixels, and neither is what scrolls by itself."""
    await feed(server)
    await page.set_viewport_size({"width": 390, "height": 800})
    for path in ("/search", "/trace/2", "/trace/3", "/dependencies"):
        await page.goto(server.url + path)
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await accessible(page)
    graph = page.locator(".graph__scroll")
    assert await graph.evaluate("node => node.scrollWidth <= node.clientWidth")


async def test_filters_fold_away_on_a_phone(server: TracesServer, page: Page) -> None:
    """Results are in the first window; the line above them says what was asked for."""
    await feed(server)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(server.url)
    await expect(page.locator("#tags")).to_be_hidden()
    await expect(page.locator(".result").first).to_be_in_viewport()
    await page.get_by_text("Filters").click()
    await page.select_option("#service", "front")
    await page.get_by_role("button", name="Find traces").click()
    await expect(page.locator("#tags")).to_be_hidden()
    await expect(page.locator("#filter-words")).to_have_text("front · last 1 hour")
    await expect(page.locator(".result")).to_have_count(1)
