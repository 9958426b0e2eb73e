"""Answers over random hotels and queries, held to a search that looks at every hotel."""

import random
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from math import floor
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innkeeper.hotels import money
from innkeeper.hotels.frontend.paging import write_cursor
from innkeeper.hotels.frontend.parameters import PARAMETERS
from innkeeper.hotels.frontend.query import parse
from innkeeper.hotels.frontend.question import question
from innkeeper.hotels.profile.matching import Candidate, score, words
from innkeeper.pb.rate.v1 import rate_pb2
from tests.support import fake_clients
from tests.support.sphere import distance
from tests.support.town import EXCHANGE, Inn, Town, plan

IN_DATE = date(2015, 4, 9)
CENTRES = ((37.77, -122.42), (89.99, 10.0), (-89.995, 0.0), (0.0, 179.99), (52.5, -180.0))
WORDS = ("Adler", "Löwen", "Phoenix", "Zürich", "Genève", "Grand")
VALUES = ("1", "-1", "nan", "1e999", "EUR", "XAU", "any", "price", "rating", "1,2,3", "179,0,-9,90")
QUERIES = ("adler", "LOWEN", "pheonix", "geneve", "gra", "zurich löwen", "grand hotel", "nowhere")


def town(chance: random.Random, size: int) -> list[Inn]:
    """Hotels around some of the places on earth that are hard to search."""
    return [inn(chance, str(number)) for number in range(size)]


def inn(chance: random.Random, hotel_id: str) -> Inn:
    lat, lon = chance.choice(CENTRES)
    # On a grid, so that some are equally far.
    lat = max(-90.0, min(90.0, lat + chance.randint(-5, 5) / 50))
    lon = (lon + chance.randint(-5, 5) / 50 + 180) % 360 - 180
    currency = chance.choice(["EUR", "USD", "JPY", "CHF"])
    unit = 10 ** money.EXPONENTS[currency]
    plans = [
        plan(
            chance.randint(50, 90) * unit * (130 if currency == "JPY" else 1),
            currency,
            code=code,
            room=chance.choice([("KNG", "King room"), ("STE", "Suite with a view")]),
            max_adults=chance.randint(1, 4),
            closed=[IN_DATE + timedelta(chance.randint(0, 3))] * chance.randint(0, 1),
        )
        for code in chance.sample("ABC", chance.randint(0, 3))
    ]
    rating = chance.choice([None, 1.0, 2.5, 4.0, 4.5])
    name, city = " ".join(chance.sample(WORDS, 2)), chance.choice(WORDS)
    return Inn(hotel_id, lat, lon, name, city, rating, plans)


def query(chance: random.Random) -> dict[str, str]:
    """A query, of which every parameter may be there or not."""
    nights = chance.randint(1, 4)
    asked = {"inDate": str(IN_DATE), "outDate": str(IN_DATE + timedelta(nights))}
    lat, lon = chance.choice(CENTRES)
    place = chance.choice(["circle", "box", "words"])
    if place == "circle":
        asked |= {"lat": str(lat), "lon": str(lon), "radius": str(chance.randint(1, 50_000))}
    elif place == "box":
        south, north = sorted(max(-90, min(90, lat + chance.uniform(-0.2, 0.2))) for _ in "12")
        west, east = ((lon + chance.uniform(-0.3, 0.3) + 180) % 360 - 180 for _ in "12")
        if chance.random() < 0.3:
            west, east = -180, 180
        asked["bbox"] = f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
    if place == "words" or chance.random() < 0.3:
        asked["q"] = chance.choice(QUERIES)
    options = {
        "adults": str(chance.randint(1, 5)),
        "rooms": str(chance.randint(1, 3)),
        "minPrice": str(chance.randint(50, 300)),
        "maxPrice": f"{chance.randint(300, 500)}.50",
        "minRating": chance.choice(["1", "2.5", "4.2"]),
        "roomType": chance.choice(["kng", "SUITE", "view", "tent"]),
        "currency": chance.choice(["EUR", "USD", "JPY"]),
        "sort": chance.choice(["distance", "price", "rating"]),
        "bookable": "any",
        "plans": "all",
    }
    for name in chance.sample(list(options), chance.randint(0, 4)):
        asked[name] = options[name]
    if asked.get("sort") == "price":
        asked.pop("bookable", None)
    return asked


def totals(inn: Inn, asked: dict[str, str]) -> list[tuple[int, str, str]]:
    """What the fitting plans of a hotel cost, in which currency, and their codes, cheapest first;
    straight from the documentation."""
    nights = (date.fromisoformat(asked["outDate"]) - IN_DATE).days
    rooms, adults = int(asked.get("rooms", 1)), int(asked.get("adults", 1))
    wanted = asked.get("roomType", "").casefold()
    found = []
    for one in inn.plans:
        stay = {IN_DATE + timedelta(night) for night in range(nights)}
        price = one.base_price * nights * rooms
        shown, currency = price, one.currency
        if into := asked.get("currency"):
            shown, currency = converted(price, currency, into), into
        amount = None if shown is None else Fraction(shown, 10 ** money.EXPONENTS[currency])
        if (
            not stay & one.closed_dates
            and one.max_adults * rooms >= adults
            and (wanted == one.room_code.casefold() or wanted in one.room_name.casefold())
            and ("minPrice" not in asked or (amount and amount >= Fraction(asked["minPrice"])))
            and ("maxPrice" not in asked or (amount and amount <= Fraction(asked["maxPrice"])))
        ):
            found.append((price, one.currency, one.code))
    return sorted(found)


def converted(minor: int, currency: str, into: str) -> int | None:
    """An amount at the exchange rates of the town, rounded half up."""
    if currency == into:
        return minor
    if currency == "CHF":
        return None
    rates = {"EUR": Fraction(1), "USD": Fraction("1.0837"), "JPY": Fraction("130.5")}
    units = Fraction(minor, 10 ** money.EXPONENTS[currency]) / rates[currency] * rates[into]
    return floor(units * 10 ** money.EXPONENTS[into] + Fraction(1, 2))


def expected(inns: list[Inn], asked: dict[str, str]) -> list[str]:
    """The whole answer, from every hotel."""
    matching = [inn for inn in inns if (inn.rating or 0) >= float(asked.get("minRating", 0))]
    if q := asked.get("q"):
        likely = {
            inn.hotel_id: score(words(q), Candidate(inn.hotel_id, inn.name, inn.city, inn.rating))
            for inn in matching
        }
        matching = [inn for inn in matching if likely[inn.hotel_id] > 0]
    if not matching:
        return []
    if "bbox" in asked:
        west, south, east, north = map(float, asked["bbox"].split(","))
        matching = [
            inn for inn in matching if south <= inn.lat <= north and across(west, inn.lon, east)
        ]
        width = east - west + (360 if west > east else 0)
        lat, lon = (south + north) / 2, west + width / 2
        lon -= 360 if lon > 180 else 0
    elif "lat" in asked:
        lat, lon = float(asked["lat"]), float(asked["lon"])
        radius = float(asked["radius"])
        matching = [inn for inn in matching if distance(lat, lon, inn.lat, inn.lon) <= radius]
    else:
        best = min(matching, key=lambda inn: (-likely[inn.hotel_id], inn.hotel_id))
        lat, lon = best.lat, best.lon
    far = {inn.hotel_id: distance(lat, lon, inn.lat, inn.lon) for inn in matching}
    priced = {inn.hotel_id: totals(inn, asked) for inn in matching}
    if asked.get("bookable") != "any":
        matching = [inn for inn in matching if priced[inn.hotel_id]]

    def rank(inn: Inn) -> tuple[object, ...]:
        nearest = (far[inn.hotel_id], inn.hotel_id)
        match asked.get("sort"):
            case "rating":
                return (-(inn.rating or 0), *nearest)
            case "price":
                minor, currency, _ = priced[inn.hotel_id][0]
                if currency == "CHF":
                    return (True, 0, *nearest)
                return (False, EXCHANGE.comparable(minor, currency), *nearest)
            case _:
                return nearest

    return [inn.hotel_id for inn in sorted(matching, key=rank)]


def across(west: float, lon: float, east: float) -> bool:
    """Whether a meridian lies between two others, going east; 180 and -180 are one."""
    names = {lon, lon - 360, lon + 360} if abs(lon) == 180 else {lon}
    if west <= east:
        return any(west <= name <= east for name in names)
    return any(name >= west or name <= east for name in names if abs(name) <= 180)


def offered(inns: list[Inn], asked: dict[str, str]) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """The plans of hotels that are told: those that fit, or the cheapest of them."""
    most = None if asked.get("plans") == "all" else 1
    plans = ((inn.hotel_id, totals(inn, asked)[:most]) for inn in inns)
    return [(hotel_id, fitting) for hotel_id, fitting in plans if fitting]


def told(table: rate_pb2.PlanTable) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """The same as a table of plans has it."""
    plans = ((total, currency, plan.code) for plan, currency, total in fake_clients.told(table))
    return [
        (hotel_id, [*islice(plans, count)])
        for hotel_id, count in zip(
            table.hotel_ids, table.plan_counts or [1] * len(table.hotel_ids), strict=True
        )
    ]


async def answer(town: Town, asked: dict[str, str], limit: int) -> list[str]:
    """The hotels of all pages."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    by_id = {inn.hotel_id: inn for inn in town.inns}
    for _ in range(200):
        read = parse(urlencode({**asked, **cursor, "limit": str(limit)}).encode())
        response = await town.search.Nearby(question(read))
        ids = list(response.places.hotel_ids)
        assert len(ids) <= limit
        assert told(response.plans) == offered([by_id[id] for id in ids], asked), urlencode(asked)
        found += ids
        if not response.HasField("next"):
            return found
        cursor = {"cursor": write_cursor(read, response.next)}
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("seed", range(8))
async def test_answers_are_those_of_a_search_through_everything(seed: int) -> None:
    """Any place, words, wishes and order, page by page: each hotel is there once."""
    chance = random.Random(seed)
    inns = town(chance, 60)
    system = Town(inns)

    for _ in range(250):
        asked = query(chance)
        assert await answer(system, asked, chance.choice([3, 7, 100])) == expected(inns, asked), (
            urlencode(asked)
        )


async def test_a_next_link_leads_to_the_next_page() -> None:
    """The body and the Link header name the same address, which the last page does not have."""
    chance = random.Random(1)
    inns = [Inn(str(number), 1, number / 1000, plans=[plan(100)]) for number in range(7)]
    asked = {**query(chance), "lat": "1", "lon": "0", "radius": "5000", "locale": "de"}
    asked = {name: asked[name] for name in ("inDate", "outDate", "lat", "lon", "radius", "locale")}

    async with Town(inns).open() as client:
        address, found = f"/hotels?{urlencode({**asked, 'limit': 3})}", []
        while address:
            response = await client.get(address)
            collection = response.json()
            found.append([feature["id"] for feature in collection["features"]])
            address = collection.get("next")
            assert response.headers.get("link") == (address and f'<{address}>; rel="next"')
            assert address is None or dict(parse_qsl(urlsplit(address).query))["locale"] == "de"

    assert found == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


PAIRS = st.lists(
    st.tuples(
        st.sampled_from([*PARAMETERS, "page"]), st.sampled_from(VALUES) | st.text(max_size=20)
    ),
    max_size=8,
)


@given(st.lists(PAIRS, min_size=1, max_size=10))
@settings(deadline=None, max_examples=40)
async def test_any_query_is_answered_or_refused(queries: list[list[tuple[str, str]]]) -> None:
    """Over real services, whatever is asked, the answer is hotels or names a parameter."""
    stay = [("inDate", "2015-04-09"), ("outDate", "2015-04-10")]
    async with HERE.open() as client:
        for wild in queries:
            pairs = stay + [pair for pair in wild if pair[0] not in ("inDate", "outDate")]
            response = await client.get("/hotels?" + urlencode(pairs, errors="replace"))

            assert response.status_code in (200, 400), response.text
            if response.status_code == 400:
                assert response.json()["parameter"] in {*PARAMETERS, *(name for name, _ in pairs)}


HERE = Town(town(random.Random(5), 30))
