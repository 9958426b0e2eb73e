import logging
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innkeeper.errors import BadInput, NotFound, Overloaded, TooLate, Unavailable
from innkeeper.hotels.frontend.parameters import PARAMETERS
from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.geo.store import JsonGeoStore
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.hotels.search.service import Search
from tests.support.fake_clients import Direct, FakeProfile, FakeRatings, FakeSearch
from tests.support.frontend import NAMES, frontend

DATA = Path("data")
STAY = "/hotels?inDate=2015-04-09&outDate=2015-04-10"


def names(response: httpx.Response) -> list[str]:
    return [feature["properties"]["name"] for feature in response.json()["features"]]


async def test_hotels_come_as_geojson(client: httpx.AsyncClient) -> None:
    """A stay is answered with the hotels that search found, in its order."""
    response = await client.get(STAY)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/geo+json"
    assert [feature["id"] for feature in response.json()["features"]] == ["5", "3"]
    assert names(response) == ["Phoenix Hotel", "Hotel Zetta"]


async def test_the_question_is_passed_on() -> None:
    """Search gets place, limit and stay; profile gets what search found, and the locale."""
    search, profile = FakeSearch(["3"]), FakeProfile(NAMES)

    async with frontend(search, profile) as client:
        await client.get(f"{STAY}&lat=1&lon=2&radius=3&limit=4&locale=de-AT")

    (request,) = search.requests
    assert (request.lat, request.lon, request.radius, request.limit) == (1, 2, 3, 4)
    assert (request.stay.in_date, request.stay.out_date) == ("2015-04-09", "2015-04-10")
    assert list(profile.requests[0].hotel_ids) == ["3"]
    assert profile.requests[0].locale == "de-AT"


@pytest.mark.parametrize(
    ("query", "cheapest_only"), [("", True), ("&plans=cheapest", True), ("&plans=all", False)]
)
async def test_no_plan_is_priced_that_nobody_wants(query: str, cheapest_only: bool) -> None:
    """Search hears whether the cheapest plan of each hotel is enough, as it is by default."""
    search = FakeSearch(["3"])

    async with frontend(search) as client:
        await client.get(STAY + query)

    assert search.requests[0].cheapest_only is cheapest_only


@pytest.mark.parametrize(
    ("query", "locale"), [("", "fr-CH"), ("&locale=es", "es"), ("&locale=null", "null")]
)
async def test_the_browser_says_the_language_unless_the_query_does(query: str, locale: str) -> None:
    """Accept-Language is the default of the locale, and caches are told."""
    profile = FakeProfile(NAMES)

    async with frontend(profile=profile) as client:
        response = await client.get(STAY + query, headers={"accept-language": "fr-CH, de;q=0.5"})

    assert profile.requests[0].locale == locale
    assert response.headers["vary"] == "accept-language"


async def test_no_hotel_is_an_empty_collection() -> None:
    """Where nothing can be booked, nobody asks for profiles of nothing."""
    profile = FakeProfile(NAMES)

    async with frontend(FakeSearch([]), profile) as client:
        response = await client.get(STAY)

    assert response.json() == {"type": "FeatureCollection", "features": []}
    assert profile.requests == []


async def test_a_hotel_without_profile_is_left_out_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No feature is null; the log tells of each such hotel once."""
    async with frontend(FakeSearch(["5", "unknown", "3"])) as client:
        responses = [await client.get(STAY) for _ in range(3)]

    assert [names(response) for response in responses] == [["Phoenix Hotel", "Hotel Zetta"]] * 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "'unknown'" in caplog.text


async def test_profile_may_be_asked_less_often() -> None:
    """With a cache, hotels that were just described are not asked about; without, they are."""
    for seconds, asked in ((60, 1), (0, 3)):
        profile = FakeProfile(NAMES)
        async with frontend(profile=profile, profile_cache_seconds=seconds) as client:
            responses = [await client.get(STAY) for _ in range(3)]
        assert [names(response) for response in responses] == [["Phoenix Hotel", "Hotel Zetta"]] * 3
        assert len(profile.requests) == asked


async def test_markup_in_a_name_arrives_as_it_is() -> None:
    """A name is data, whatever it looks like."""
    name = "<script>alert('1')</script> & \"Söhne\""

    async with frontend(FakeSearch(["1"]), FakeProfile({"1": name})) as client:
        response = await client.get(STAY)

    assert names(response) == [name]


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (Unavailable("geo: no instance passes"), 503, "geo: no instance passes"),
        (Overloaded("search has too much to do"), 503, "search has too much to do"),
        (TooLate("the deadline of 2 s passed"), 504, "the deadline of 2 s passed"),
        (BadInput("lat", "on earth"), 400, "lat must be on earth"),
        (NotFound("no such town"), 404, "no such town"),
    ],
)
async def test_what_a_service_cannot_do_is_told(error: Exception, status: int, detail: str) -> None:
    """The failure of either service is a problem with its own status, never an empty success."""
    for clients in (
        (FakeSearch(error=error), None),
        (FakeSearch(["5"]), FakeProfile(NAMES, error=error)),
    ):
        async with frontend(*clients) as client:
            response = await client.get(STAY)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"] == detail
        assert response.headers.get("retry-after") == ("1" if status == 503 else None)


async def test_a_fault_of_ours_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is a 500 that tells the caller nothing, and the log everything."""
    async with frontend(FakeSearch(error=ZeroDivisionError("secret"))) as client:
        response = await client.get(STAY)

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "ZeroDivisionError: secret" in caplog.text


async def test_the_whole_system_answers_like_the_original() -> None:
    """With the project's data the first hotels are Phoenix Hotel and Hotel Zetta."""
    search = Search(
        Direct(Geo(JsonGeoStore.load(DATA / "geo.json"))),
        Direct(Rate(JsonRateStore.load(DATA / "rate.json"))),
        FakeRatings({}),
    )
    profile = Profile(JsonProfileStore.load(DATA / "profile.json"))

    async with frontend(Direct(search), Direct(profile)) as client:
        response = await client.get(STAY)
        detailed = await client.get(f"{STAY}&plans=all")
        german = await client.get(f"{STAY}&limit=1&locale=de-CH")

    features = response.json()["features"]
    assert len(features) == 16
    assert [
        (
            feature["id"],
            feature["properties"]["name"],
            feature["properties"]["phone_number"],
            feature["geometry"]["coordinates"],
        )
        for feature in features[:2]
    ] == [
        ("5", "Phoenix Hotel", "(415) 776-1380", [-122.4181, 37.7831]),
        ("3", "Hotel Zetta", "(415) 543-8555", [-122.4071, 37.7834]),
    ]
    for feature, same in zip(features, detailed.json()["features"], strict=True):
        cheapest = min(same["properties"]["plans"], key=lambda plan: float(plan["total_price"]))
        assert feature["properties"] == {**same["properties"], "plans": [cheapest]}
    distances = [feature["properties"]["distance"] for feature in features]
    assert distances == sorted(distances)
    assert german.json()["features"][0]["properties"]["locale"] == "de"


@given(
    st.text(max_size=60)
    | st.lists(
        st.tuples(
            st.sampled_from([*PARAMETERS, "page"]),
            st.sampled_from(["2015-04-09", "2015-04-10", "1", "nan", "1e999", ""]) | st.text(),
        ),
        max_size=8,
    ).map(lambda pairs: urlencode(pairs, errors="replace"))
)
@settings(deadline=None, max_examples=50)
async def test_any_query_is_answered_or_refused(query: str) -> None:
    """Whatever the query, the answer is hotels or a problem that names a parameter."""
    async with frontend() as client:
        response = await client.get("/hotels?" + quote(query, safe="=&%+", errors="replace"))

    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["parameter"]
