"""The page with a Google map, over a stand-in for Google's script."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Route, expect

from tests.support.browser import visit
from tests.support.house import house

pytestmark = pytest.mark.real

STAND_IN = """
const seen = (window.seenByGoogle = { markers: [], opened: null, bounds: 0 });
class Evented {
  constructor(options = {}) { Object.assign(this, options); this.heard = {}; }
  addListener(name, heard) { this.heard[name] = heard; }
  fire(name) { this.heard[name]?.(); }
}
window.google = { maps: {
  Map: class extends Evented {
    constructor(root, options) { super(options); seen.root = root.id; }
    fitBounds() { seen.bounds += 1; }
  },
  Marker: class extends Evented {
    constructor(options) { super(options); seen.markers.push(this); }
    setMap(map) { this.map = map; }
    setZIndex() {}
    setOpacity(opacity) { this.opacity = opacity; }
  },
  InfoWindow: class extends Evented {
    setContent(content) { this.content?.remove(); this.content = content; }
    open({ anchor }) { seen.opened = anchor.title; document.body.append(this.content); }
    close() { this.content?.remove(); }
  },
  LatLngBounds: class { extend() {} },
} };
window[new URL(document.currentScript.src).searchParams.get("callback")]();
"""


async def stand_in(route: Route) -> None:
    """Answer the Maps script; nothing else is to be had."""
    if urlsplit(route.request.url).path == "/maps/api/js":
        await route.fulfill(content_type="text/javascript", body=STAND_IN)
    else:
        await route.abort()


async def test_google_sees_key_callback_and_sixteen_markers(browser: Browser) -> None:
    """With a key the script is asked for with it, calls back, and is given every hotel."""
    async with (
        house(google_maps_api_key="a key&more") as url,
        visit(browser, outside=stand_in) as visited,
    ):
        page = visited.page
        await page.goto(f"{url}/?inDate=2015-04-09&outDate=2015-04-10&locale=en")
        await page.wait_for_function("window.seenByGoogle?.markers.length === 16")

        [asked] = visited.outside
        query = parse_qs(urlsplit(asked).query)
        assert asked.startswith("https://maps.googleapis.com/maps/api/js?")
        assert (query["key"], query["callback"]) == (["a key&more"], ["showGoogleMap"])
        markers = await page.evaluate("seenByGoogle.markers.map(m => [m.title, m.position])")
        assert markers[0][0].startswith("Phoenix Hotel, from $")
        assert markers[0][1] == {"lat": 37.7831, "lng": -122.4181}
        assert await page.evaluate("seenByGoogle.root") == "map"
        assert await page.locator("script[src*='leaflet']").count() == 0
        assert visited.complaints == []


async def test_google_marker_and_list_open_the_same_popup(browser: Browser) -> None:
    """A click on a marker or in the list opens that hotel's card in Google's popup."""
    async with (
        house(google_maps_api_key="key") as url,
        visit(browser, outside=stand_in) as visited,
    ):
        page = visited.page
        await page.goto(f"{url}/?inDate=2015-04-09&outDate=2015-04-10&locale=en")
        await page.wait_for_function("window.seenByGoogle?.markers.length === 16")

        await page.evaluate("seenByGoogle.markers[0].fire('click')")
        await expect(page.locator(".room-card h2")).to_have_text("Phoenix Hotel")
        await page.get_by_role("button", name="Hotel Zetta").click()
        await expect(page.locator(".room-card h2")).to_have_text("Hotel Zetta")


async def test_list_stays_when_google_does_not_answer(browser: Browser) -> None:
    """Without the script the page says that the map is missing and lists every hotel."""
    async with house(google_maps_api_key="key") as url, visit(browser) as visited:
        page = visited.page
        await page.goto(f"{url}/?inDate=2015-04-09&outDate=2015-04-10&locale=en")

        await expect(page.locator(".hotel:not(.hotel--waiting)")).to_have_count(16)
        await expect(page.locator("#map")).to_contain_text("could not be loaded")
