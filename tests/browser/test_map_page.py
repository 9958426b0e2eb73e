"""The page with the map, in Chromium, over the project's own hotels."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from innkeeper.errors import Unavailable
from tests.support.browser import visit
from tests.support.fake_clients import FakeSearch
from tests.support.house import (
    REGISTRY_URL,
    TRACES_URL,
    Moody,
    Renaming,
    house,
    real_profile,
    real_search,
)

pytestmark = pytest.mark.real

STAY = "?inDate=2015-04-09&outDate=2015-04-10&locale=en"
WAITING_MS = 20_000
expect.set_options(timeout=WAITING_MS)


async def seen(page: Page, url: str) -> None:
    """Open the page and wait for the sixteen hotels."""
    await page.goto(url)
    await expect(page.locator(".hotel:not(.hotel--waiting)")).to_have_count(16)
    await expect(page.locator(".marker")).to_have_count(16)


async def test_sixteen_hotels_are_on_the_map_without_internet(browser: Browser) -> None:
    """The own base map carries a marker with a price for each hotel; nothing complains."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await seen(page, f"{url}/{STAY}")

        await expect(page.locator("path.ground--land").first).to_be_attached()
        assert await page.locator("path.ground--road").count() > 50
        await expect(page.locator(".name--district", has_text="Nob Hill")).to_be_attached()
        await expect(page.locator(".leaflet-control-attribution")).to_contain_text("Innkeeper")
        await expect(page.locator(".leaflet-tile")).to_have_count(0)
        prices = await page.locator(".marker .key-tag").all_text_contents()
        assert all(re.fullmatch(r"\$[\d,.]+", price) for price in prices), prices
        assert len(visited.outside) <= 1, "one probe decides about tiles"
        assert visited.complaints == []


async def test_tiles_cover_the_base_map_when_they_can_be_had(browser: Browser) -> None:
    """With internet OpenStreetMap's tiles are shown, and credited as they ask."""

    async def tile(route):
        await route.fulfill(
            content_type="image/svg+xml",
            body='<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>',
        )

    async with house() as url, visit(browser, outside=tile) as visited:
        await seen(visited.page, f"{url}/{STAY}")

        await expect(visited.page.locator(".leaflet-tile").first).to_be_attached()
        credit = visited.page.locator(".leaflet-control-attribution")
        await expect(credit).to_contain_text("© OpenStreetMap contributors")
        await expect(credit).not_to_contain_text("Innkeeper")
        hosts = {address.split("/")[2] for address in visited.outside}
        assert hosts == {"tile.openstreetmap.org"}
        assert visited.complaints == []


async def test_popup_tells_all_about_a_hotel(browser: Browser) -> None:
    """A popup has name, phone, address, picture, rating and the price of each plan."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await seen(page, f"{url}/{STAY}")
        await page.locator('.marker[data-hotel="5"] .key-tag').click()

        card = page.locator(".leaflet-popup .room-card")
        await expect(card.locator("h2")).to_have_text("Phoenix Hotel")
        await expect(card.get_by_role("link", name="(415) 776-1380")).to_have_attribute(
            "href", "tel:4157761380"
        )
        await expect(card.locator("address")).to_contain_text("601 Eddy St")
        await expect(card.locator(".rating")).to_contain_text("★")
        await expect(card.locator("img")).to_have_js_property("complete", True)
        assert await card.locator("img").evaluate("image => image.naturalWidth") > 0
        cheapest = await page.locator('.marker[data-hotel="5"]').text_content()
        await expect(card.locator(".plans b").first).to_have_text(cheapest or "")
        await expect(card.locator(".plans li")).to_have_count(2)
        await expect(
            page.locator('#room-types option[value="Room with two queen beds"]')
        ).to_be_attached()
        await expect(page.locator('.hotel[data-hotel="5"]')).to_have_class(re.compile("is-chosen"))


async def test_list_and_map_point_at_each_other(browser: Browser) -> None:
    """Hovering a hotel in the list raises its marker, and the other way round."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await seen(page, f"{url}/{STAY}")
        marker = page.locator('.marker[data-hotel="5"]')
        item = page.locator('.hotel[data-hotel="5"]')

        await item.hover()
        await expect(marker).to_have_class(re.compile("is-pointed"))
        await page.locator("h1").hover()
        await expect(marker).not_to_have_class(re.compile("is-pointed"))
        await marker.locator(".key-tag").hover()
        await expect(item).to_have_class(re.compile("is-pointed"))


async def test_keyboard_opens_a_hotel_and_comes_back(browser: Browser) -> None:
    """Enter in the list leads into the popup; Escape closes it and returns to the list."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await seen(page, f"{url}/{STAY}")
        await page.locator("#locale").focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        first = page.locator(".hotel button").first
        await expect(first).to_be_focused()

        await page.keyboard.press("Enter")
        await expect(page.locator(".room-card h2")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator(".room-card")).to_have_count(0)
        await expect(first).to_be_focused()


async def test_markup_in_a_name_is_text(browser: Browser) -> None:
    """A hotel named like a script is shown by that name, in the list and in the popup."""
    name = "<script>alert(1)</script><b>x</b>"
    async with (
        house(profile=Renaming(real_profile(), "5", name)) as url,
        visit(browser) as visited,
    ):
        page = visited.page
        await seen(page, f"{url}/{STAY}")
        await page.locator('.marker[data-hotel="5"] .key-tag').click()

        await expect(page.locator('.hotel[data-hotel="5"] button')).to_have_text(name)
        await expect(page.locator(".room-card h2")).to_have_text(name)
        await expect(page.locator(".room-card__text")).to_have_text(name)
        assert await page.locator(".hotel h2 b, .room-card h2 b, main script").count() == 0
        assert visited.complaints == []


async def test_stay_is_kept_in_the_address(browser: Browser) -> None:
    """A new arrival moves the departure along, asks again and is written into the address."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await seen(page, f"{url}/?inDate=2015-04-09&outDate=2015-04-12")
        await page.locator("#in-date").fill("2015-12-30")

        await expect(page.locator("#out-date")).to_have_value("2016-01-02")
        await expect(page.locator("#summary")).to_contain_text("3 nights")
        await expect(page).to_have_url(re.compile("inDate=2015-12-30&outDate=2016-01-02"))


async def test_tonight_is_the_default(browser: Browser) -> None:
    """Without dates the page asks for the coming night."""
    async with house() as url, visit(browser) as visited:
        await seen(visited.page, url)

        await expect(visited.page.locator("#summary")).to_contain_text("1 night")


async def test_page_speaks_four_languages(browser: Browser) -> None:
    """Another language changes the page's words, the descriptions and the prices' form."""
    async with house() as url, visit(browser, locale="de-DE") as visited:
        page = visited.page
        await seen(page, url)
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await expect(page.locator("#summary")).to_contain_text("Hotels haben ein Zimmer")

        await page.locator("#locale").select_option("fr")
        await expect(page.locator("#summary")).to_contain_text("hôtels ont une chambre")
        await page.locator('.marker[data-hotel="5"] .key-tag').click()
        await expect(page.locator(".room-card__text")).to_have_attribute("lang", "fr")


async def test_full_house_offers_the_next_day(browser: Browser) -> None:
    """When nothing can be booked the page says so and offers to ask one day later."""
    async with house(search=FakeSearch()) as url, visit(browser) as visited:
        page = visited.page
        await page.goto(f"{url}/{STAY}")
        await expect(page.locator(".empty h2")).to_have_text("No hotel can be booked for this stay")

        await page.get_by_role("button", name="One day later").click()
        await expect(page.locator("#in-date")).to_have_value("2015-04-10")
        assert await visited.axe() == []


async def test_service_away_is_told_and_tried_again(browser: Browser) -> None:
    """A 503 shows its detail, and the page asks again when Retry-After has passed."""
    moody = Moody(real_search(), Unavailable("no instance of rate answers"))
    async with house(search=moody) as url, visit(browser) as visited:
        page = visited.page
        await page.goto(f"{url}/{STAY}")
        await expect(page.locator(".notice--error")).to_contain_text("no instance of rate answers")
        await expect(page.get_by_role("button", name="Try again")).to_be_visible()
        assert await visited.axe() == []

        moody.error = None
        await expect(page.locator(".marker")).to_have_count(16)
        await expect(page.locator(".notice")).to_have_count(0)
        assert moody.calls >= 2


async def test_impossible_dates_are_explained_beside_them(browser: Browser) -> None:
    """The problem's own words stand at the field that they name, for screen readers, too."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await page.goto(f"{url}/?inDate=2015-04-09&outDate=2015-04-09")

        await expect(page.locator("#out-date")).to_have_attribute("aria-invalid", "true")
        error = page.locator(".field:has(#out-date) .field__error")
        await expect(error).to_contain_text("outDate must be")
        await expect(page.locator("#out-date")).to_have_attribute(
            "aria-describedby", await error.get_attribute("id") or "missing"
        )
        assert await visited.axe() == []


async def test_answer_links_to_its_trace(browser: Browser) -> None:
    """The address in the answer's Link header is shown; registry and traces are in the header."""
    trace = f"{TRACES_URL}/trace/4bf92f3577b34da6a3ce929d0e0e4736"
    async with house() as url, visit(browser) as visited:
        page = visited.page

        async def traced(route):
            response = await route.fetch()
            headers = {**response.headers, "link": f'<{trace}>; rel="trace"'}
            await route.fulfill(response=response, headers=headers)

        await page.route("**/hotels?*", traced)
        await seen(page, f"{url}/{STAY}")

        await expect(page.locator("#trace a")).to_have_attribute("href", trace)
        for name, target in (
            ("Registry", f"{REGISTRY_URL}/ui"),
            ("Traces", f"{TRACES_URL}/search"),
        ):
            link = page.get_by_role("navigation").get_by_role("link", name=name)
            await expect(link).to_have_attribute("href", target)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 640)])
async def test_page_fits_and_can_be_read_by_everybody(
    browser: Browser, width: int, height: int, scheme
) -> None:
    """No sideways scrolling, and nothing that axe calls serious, with a popup open."""
    async with house() as url, visit(browser, width=width, height=height, scheme=scheme) as visited:
        page = visited.page
        await seen(page, f"{url}/{STAY}")
        assert await visited.axe() == []
        await page.locator(".hotel button").first.click()
        await expect(page.locator(".room-card")).to_be_visible()

        assert await visited.axe() == []
        assert await visited.overflow() <= 0
        assert visited.complaints == []
