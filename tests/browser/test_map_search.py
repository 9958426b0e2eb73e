"""Searching on the page with the map, over an API that says what the test wants."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.support.browser import visit
from tests.support.house import house

pytestmark = pytest.mark.real

STAY = "?inDate=2015-04-09&outDate=2015-04-10&locale=en"
expect.set_options(timeout=20_000)


def hotel(number: int, *, booked_out: bool = False, lat: float = 48.2) -> dict[str, Any]:
    """A feature in Vienna as the API answers it."""
    price = {"amount": f"{number}0.00", "currency": "EUR"}
    plan = {
        "code": "FLEX",
        "room_type": {"code": "DBL", "name": "Double room"},
        "max_adults": 2,
        "currency": "EUR",
        "total_price": price["amount"],
        "nightly_prices": [price["amount"]],
    }
    return {
        "id": str(number),
        "type": "Feature",
        "properties": {
            "name": f"Hotel {number}",
            "phone_number": "",
            "rating": None,
            "images": [],
            "bookable": not booked_out,
            "price": None if booked_out else price,
            "plans": [] if booked_out else [plan],
        },
        "geometry": {"type": "Point", "coordinates": [16.3 + number / 100, lat]},
    }


class Api:
    """Answers the page's questions, and keeps them."""

    def __init__(self, answers: Callable[[Mapping[str, str]], Sequence[dict[str, Any]]]) -> None:
        self.asked: list[dict[str, str]] = []
        self._answers = answers
        self.next: str | None = None
        self.problem: dict[str, Any] | None = None

    async def answer(self, route: Route) -> None:
        query = dict(parse_qsl(urlsplit(route.request.url).query))
        self.asked.append(query)
        if self.problem is not None:
            body = json.dumps(self.problem)
            kind = "application/problem+json"
            await route.fulfill(status=self.problem["status"], content_type=kind, body=body)
            return
        collection: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": list(self._answers(query)),
        }
        if self.next is not None:
            collection["next"] = self.next
        self.next = None
        await route.fulfill(json=collection)


@pytest.fixture
def api() -> Api:
    """Three hotels, whatever is asked."""
    return Api(lambda query: [hotel(number) for number in (1, 2, 3)])


async def opened(page: Page, url: str, api: Api, query: str = "") -> None:
    await page.route("**/hotels?*", api.answer)
    await page.goto(f"{url}/{STAY}{query}")
    await expect(page.locator("#hotels")).not_to_have_attribute("aria-busy", "true")
    await expect(page.locator(".hotel--waiting")).to_have_count(0)


async def test_words_filters_and_order_are_asked_for_and_kept_in_the_address(
    browser: Browser, api: Api
) -> None:
    """What is set in the form stands in the request and in the address, and nothing else does."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api)
        stay = {"inDate": "2015-04-09", "outDate": "2015-04-10", "locale": "en"}
        stay |= {"limit": "50", "plans": "all"}
        assert api.asked[-1] == stay

        await page.locator("#q").fill("Wien")
        await page.keyboard.press("Enter")
        await page.locator("#sort").select_option("rating")
        await page.locator("#filters-button").click()
        await page.locator("#adults").fill("3")
        await page.locator("#max-price").fill("120,50")
        await page.locator("#min-rating").select_option("4")
        async with page.expect_response("**/hotels?*bookable=any*"):
            await page.locator("#bookable").check()
        await expect(page.locator("#hotels")).not_to_have_attribute("aria-busy", "true")

        assert api.asked[-1] == {
            **stay,
            "q": "Wien",
            "sort": "rating",
            "adults": "3",
            "maxPrice": "120.50",
            "minRating": "4",
            "bookable": "any",
        }
        await expect(page.locator("#filters-button")).to_have_text("Filters, 4 set")
        assert await visited.axe() == []

        async with page.expect_response("**/hotels?*"):
            await page.locator("#reset").click()
        await expect(page.locator("#filters-button")).to_have_text("Filters")
        assert api.asked[-1] == {**stay, "q": "Wien", "sort": "rating"}


async def test_an_address_brings_all_back_and_so_does_the_back_button(
    browser: Browser, api: Api
) -> None:
    """A shared address fills the form; going back asks for what was asked before."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api, "&q=Linz&minRating=4.5&currency=EUR")
        await expect(page.locator("#q")).to_have_value("Linz")
        await expect(page.locator("#min-rating")).to_have_value("4.5")
        await expect(page.locator("#currency")).to_have_value("EUR")

        await page.locator("#q").fill("Graz")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile("q=Graz"))
        async with page.expect_response("**/hotels?*q=Linz*"):
            await page.go_back()

        await expect(page.locator("#q")).to_have_value("Linz")
        assert api.asked[-1]["q"] == "Linz"


async def test_the_map_s_area_is_searched_when_it_was_moved(browser: Browser, api: Api) -> None:
    """Moving the map offers to search there; the map then stays where the reader put it."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api, "&q=Wien")
        await page.locator(".hotel button").first.click()
        await expect(page.locator(".room-card")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#area")).to_be_hidden()
        box = await page.locator("#map").bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 500, box["y"] + 600)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 300, box["y"] + 500, steps=5)
        await page.mouse.up()
        async with page.expect_response("**/hotels?*bbox=*"):
            await page.locator("#area").click()
        await expect(page).to_have_url(re.compile("bbox="))

        assert "q" not in api.asked[-1]
        west, south, east, north = map(float, api.asked[-1]["bbox"].split(","))
        assert 16.2 < west < east < 16.6
        assert 48 < south < north < 48.5
        await expect(page.locator("#area")).to_be_hidden()

        await page.locator(".leaflet-control-zoom-out").click()
        await expect(page.locator("#area")).to_be_visible()
        assert visited.complaints == []


async def test_more_hotels_come_by_the_next_link(browser: Browser, api: Api) -> None:
    """The list grows by what the link leads to, until there is none; the keyboard goes on there."""
    api.next = "/hotels?cursor=abc"
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api)
        await expect(page.locator("#summary")).to_contain_text("3 hotels have a room and more")

        api._answers = lambda query: [hotel(4), hotel(5)]
        await page.get_by_role("button", name="Show more hotels").click()
        await expect(page.locator(".hotel")).to_have_count(5)
        await expect(page.locator(".marker")).to_have_count(5)

        assert api.asked[-1] == {"cursor": "abc"}
        await expect(page.locator('.hotel[data-hotel="4"] button')).to_be_focused()
        await expect(page.get_by_role("button", name="Show more hotels")).to_be_hidden()


async def test_hotels_without_a_price_are_shown_as_such(browser: Browser) -> None:
    """They are grey on the map, and the list and the popup say that they cannot be booked."""
    api = Api(lambda query: [hotel(1), hotel(2, booked_out=True)])
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api, "&bookable=any")

        await expect(page.locator("#summary")).to_contain_text("2 hotels, 1 with a room")
        await expect(page.locator(".marker--unbookable")).to_have_count(1)
        await expect(page.locator('.hotel[data-hotel="2"]')).to_contain_text("Cannot be booked")
        await page.locator('.hotel[data-hotel="2"] button').click()
        await expect(page.locator(".room-card")).to_contain_text("No room for these nights")
        assert await visited.axe() == []
        assert visited.complaints == []


async def test_an_order_by_price_has_no_hotels_without_one(browser: Browser, api: Api) -> None:
    """The catalogue is left when prices are to decide, as the API would refuse both."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api, "&bookable=any")
        async with page.expect_response("**/hotels?*"):
            await page.locator("#sort").select_option("price")

        assert "bookable" not in api.asked[-1]
        await expect(page.locator("#bookable")).to_be_disabled()


async def test_empty_pages_are_turned(browser: Browser) -> None:
    """A page without hotels that has a next one is no answer yet."""
    api = Api(lambda query: [hotel(1)] if query.get("cursor") else [])
    api.next = "/hotels?cursor=abc"
    async with house() as url, visit(browser) as visited:
        await opened(visited.page, url, api)

        await expect(visited.page.locator(".hotel")).to_have_count(1)


async def test_a_filter_that_is_wrong_is_told_at_its_field(browser: Browser, api: Api) -> None:
    """The filters open, and what is wrong stands at the field that the problem names."""
    api.problem = {"status": 400, "detail": "maxPrice must be a number", "parameter": "maxPrice"}
    async with house() as url, visit(browser, width=390, height=844) as visited:
        page = visited.page
        await opened(page, url, api, "&maxPrice=x")

        await expect(page.locator(".field:has(#max-price) .field__error")).to_have_text(
            "maxPrice must be a number"
        )
        await expect(page.locator("#max-price")).to_be_visible()
        assert await visited.axe() == []
        assert await visited.overflow() <= 0

        api.problem = None
        await page.locator("#max-price").fill("90")
        await page.keyboard.press("Tab")
        await expect(page.locator(".hotel")).to_have_count(3)
        await expect(page.locator(".field__error")).to_have_count(0)


@pytest.mark.parametrize(
    ("query", "text", "way"),
    [
        ("&lat=1&lon=2", "within 10 km", "Search everywhere"),
        ("&q=Atlantis", "fits “Atlantis”", "One day later"),
        ("&bbox=1,2,3,4", "in this area", "Search everywhere"),
        ("&lat=1&lon=2&radius=500&minRating=5", "within 500 m", "Clear filters"),
    ],
)
async def test_nothing_found_says_where_and_what_may_help(
    browser: Browser, query: str, text: str, way: str
) -> None:
    """The page tells what it looked for, and offers a way on which it takes when it is clicked."""
    api = Api(lambda query: [])
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api, query)
        await expect(page.locator(".empty")).to_contain_text(text)

        async with page.expect_request("**/hotels?*"):
            await page.get_by_role("button", name=way).first.click()
        await expect(page).not_to_have_url(f"{url}/{STAY}{query}")
        assert await visited.axe() == []


async def test_hotels_elsewhere_are_found_without_saying_where(browser: Browser) -> None:
    """When there are none around the default place, the page looks all over the world."""
    api = Api(lambda query: [hotel(1), hotel(9)] if "bbox" in query else [])
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api)

        await expect(page.locator(".hotel")).to_have_count(2)
        await expect(page).to_have_url(re.compile("bbox=-180%2C-90%2C180%2C90"))
        await expect(page.locator(".name--degrees", has_text="48.2° N")).to_be_attached()


@pytest.mark.parametrize(
    ("query", "there", "shown"),
    [
        ("&lat=1&lon=2&sort=price", lambda query: query.get("bookable") == "any", "lat=1&lon=2"),
        (
            "&lat=1&lon=2",
            lambda query: query.get("bookable") == "any" and "bbox" in query,
            "bbox=-180%2C-90%2C180%2C90",
        ),
    ],
    ids=["here", "elsewhere"],
)
async def test_hotels_without_rates_are_a_click_away(
    browser: Browser, query: str, there: Callable[[Mapping[str, str]], bool], shown: str
) -> None:
    """Where hotels are but none can be booked, the page says so and offers to show them all."""
    api = Api(lambda query: [hotel(1, booked_out=True)] if there(query) else [])
    async with house() as url, visit(browser, width=390, height=844) as visited:
        page = visited.page
        await opened(page, url, api, query)
        await expect(page.locator(".empty")).to_contain_text("hotels that cannot be booked")
        await page.get_by_role("button", name="Show all hotels").click()

        await expect(page.locator(".hotel--unbookable")).to_have_count(1)
        await expect(page).to_have_url(re.compile(re.escape(shown) + ".*bookable=any"))
        assert "sort" not in api.asked[-1]
        assert await visited.axe() == []


async def test_nothing_is_offered_where_nothing_is(browser: Browser) -> None:
    """Without any hotel anywhere, and in a view that has all of them, there are no more to show."""
    api = Api(lambda query: [])
    async with house() as url, visit(browser) as visited:
        for query in ("", "&lat=1&lon=2&bookable=any"):
            await opened(visited.page, url, api, query)
            await expect(visited.page.locator(".empty")).to_be_visible()
            await expect(visited.page.get_by_role("button", name="Show all")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
async def test_the_whole_world_is_seen_whole(browser: Browser, width: int, height: int) -> None:
    """The price tags of hotels all over the world are on the map, beside what lies on it, and and
    two at either side of the date line are beside each other."""
    places = {1: (-17, 177), 2: (-14, -172), 3: (61, -150), 4: (78, 15), 5: (48, 2)}
    hotels = [hotel(number) for number in places]
    for number, feature in zip(places, hotels, strict=True):
        feature["properties"]["price"] = {"amount": "66600.00", "currency": "XOF"}
        feature["geometry"]["coordinates"] = list(reversed(places[number]))
    api = Api(lambda query: hotels)
    async with house() as url, visit(browser, width=width, height=height) as visited:
        page = visited.page
        await opened(page, url, api, "&bbox=-180,-90,180,90")
        await expect(page.locator(".marker")).to_have_count(5)
        floor = await page.locator("#map").bounding_box()
        zoom = await page.locator(".leaflet-control-zoom").bounding_box()
        tags = [await tag.bounding_box() for tag in await page.locator(".key-tag").all()]

        assert floor is not None
        assert zoom is not None
        seen = [tag for tag in tags if tag is not None]
        for tag in seen:
            assert floor["x"] <= tag["x"]
            assert tag["x"] + tag["width"] <= floor["x"] + floor["width"]
            assert floor["y"] <= tag["y"]
            assert tag["x"] + tag["width"] < zoom["x"] or tag["y"] > zoom["y"] + zoom["height"]
        fiji, samoa = (tag["x"] + tag["width"] / 2 for tag in seen[:2])
        assert abs(fiji - samoa) < width / 10


async def test_a_thousand_hotels_are_no_trouble(browser: Browser) -> None:
    """Markers without room are dots, and none of them is laid out more than once."""
    many = [hotel(n % 90, lat=48 + n / 9000) | {"id": str(n)} for n in range(1000)]
    api = Api(lambda query: many)
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await opened(page, url, api)
        await expect(page.locator(".marker")).to_have_count(1000)

        took = await page.evaluate(
            """async () => {
                const started = performance.now();
                dispatchEvent(new Event("resize"));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                return performance.now() - started;
            }"""
        )
        assert took < 2000


@pytest.mark.parametrize(
    ("query", "first", "count", "text"),
    [
        ("&q=zetta", "Hotel Zetta", 1, "1 hotel has a room"),
        ("&q=san+fransisco+phenix", "Phoenix Hotel", 1, "1 hotel has a room"),
        ("&sort=price", "Phoenix Hotel", 16, "$"),
        ("&currency=EUR&sort=rating", "", 16, "€"),
        ("&bbox=-122.42,37.78,-122.4,37.79&minRating=4.5", "", 0, ""),
        ("&adults=2&rooms=1&roomType=suite", "", 0, ""),
    ],
)
async def test_the_api_takes_what_the_page_asks(
    browser: Browser, query: str, first: str, count: int, text: str
) -> None:
    """Each field of the form is a parameter of the real API."""
    async with house() as url, visit(browser) as visited:
        page = visited.page
        await page.goto(f"{url}/{STAY}{query}")
        await expect(page.locator("#hotels")).not_to_have_attribute("aria-busy", "true")
        await expect(page.locator(".hotel--waiting")).to_have_count(0)

        await expect(page.locator(".notice, .field__error, .empty")).to_have_count(0)
        await expect(page.locator(".hotel h2").first).to_contain_text(first)
        if count:
            await expect(page.locator(".hotel")).to_have_count(count)
        await expect(page.locator(".desk")).to_contain_text(text)
        assert visited.complaints == []
