"""One body over all stores: they answer as a search through everything would."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from innkeeper.hotels.catalogue.entry import Entry
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.postgres_store import PostgresGeoStore
from innkeeper.hotels.geo.sphere import NearbyPlace
from innkeeper.hotels.geo.sqlite_store import SqliteGeoStore
from innkeeper.hotels.geo.store import GeoStore, JsonGeoStore, Place
from innkeeper.hotels.profile.finding import find
from innkeeper.hotels.profile.matching import Candidate, ranked, words
from innkeeper.hotels.profile.postgres_store import PostgresProfileStore
from innkeeper.hotels.profile.sqlite_store import SqliteProfileStore
from innkeeper.hotels.profile.store import JsonProfileStore, ProfileStore
from innkeeper.hotels.rate.postgres_store import PostgresRateStore
from innkeeper.hotels.rate.sqlite_store import SqliteRateStore
from innkeeper.hotels.rate.store import JsonRateStore, RateStore
from tests.support.catalogues import database_in_memory
from tests.support.sphere import distance

FEW, MANY = 150, 2000
"""How many random queries are asked: where every change is tested, and where there is time."""
ODD_NAMES = [
    "'; DROP TABLE place; --",
    "50% off_%",
    'Quo"te',
    "北京饭店",
    "Zoë's Höfli",
    "Łódź Ørsta",
]


class Stores(NamedTuple):
    """The three stores of one kind, with the same hotels."""

    geo: GeoStore
    rate: RateStore
    profile: ProfileStore
    queries: int
    """How many random queries are asked."""


def catalogue() -> Sequence[Entry]:
    """Made-up hotels, many of them moved together, to the poles and to the date line; some with
    names that have to be taken as they are."""
    chance = random.Random(11)
    centres = [(89.99, 0), (-90, 10), (0, 180), (0, -179.999), (37.77, -122.42), (37.77, -122.42)]
    entries = []
    for entry in hotels(500, 2):
        assert entry.place is not None
        assert entry.profile is not None
        lat, lon = chance.choice(centres)
        lat, lon = lat + chance.gauss(0, 0.3), lon + chance.gauss(0, 0.3)
        if chance.random() < 0.3:
            lat, lon = round(lat, 1), round(lon, 1)
        place = Place(entry.hotel_id, max(-90, min(90, lat)), (lon + 180) % 360 - 180)
        profile = entry.profile
        if chance.random() < 0.1:
            name = chance.choice(ODD_NAMES)
            profile = type(profile)(
                **{**{f: getattr(profile, f) for f in profile.__struct_fields__}, "name": name}
            )
        entries.append(entry._replace(place=place, profile=profile))
    return entries


ENTRIES = catalogue()
PLACES = [entry.place for entry in ENTRIES if entry.place is not None]
CANDIDATES = [
    Candidate(entry.hotel_id, entry.profile.name, entry.profile.address.city, entry.profile.rating)
    for entry in ENTRIES
    if entry.profile is not None
]


@pytest.fixture(
    params=[
        pytest.param(("json", FEW), id="json"),
        pytest.param(("sqlite", FEW), id="sqlite"),
        *(
            pytest.param((kind, MANY), id=f"{kind}-many", marks=pytest.mark.real)
            for kind in ("json", "sqlite", "postgresql")
        ),
    ],
    scope="module",
)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Every kind of stores."""
    kind, queries = request.param
    if kind == "json":
        yield Stores(
            JsonGeoStore(PLACES),
            JsonRateStore({entry.hotel_id: entry.plans or () for entry in ENTRIES}),
            JsonProfileStore(entry.profile.hotel() for entry in ENTRIES if entry.profile),
            queries,
        )
    elif kind == "sqlite":
        connection = database_in_memory(ENTRIES)
        yield Stores(
            SqliteGeoStore(connection),
            SqliteRateStore(connection),
            SqliteProfileStore(connection, database_in_memory(ENTRIES)),
            queries,
        )
    else:
        catalogue = request.getfixturevalue("postgres_catalogue")
        place = catalogue.fill(ENTRIES)
        yield Stores(
            catalogue.kept(PostgresGeoStore.open(place)),
            catalogue.kept(PostgresRateStore.open(place)),
            catalogue.kept(PostgresProfileStore.open(place)),
            queries,
        )


def measured(lat: float, lon: float) -> list[NearbyPlace]:
    """Every place, nearest first."""
    return sorted(
        (distance(lat, lon, at.lat, at.lon), at.hotel_id, at.lat, at.lon) for at in PLACES
    )


def anywhere(chance: random.Random) -> tuple[float, float]:
    """A place, or a point that has nothing to do with one."""
    place = chance.choice(PLACES)
    if chance.random() < 0.6:
        return place.lat, place.lon
    return chance.uniform(-90, 90), chance.uniform(-180, 180)


async def test_pages_of_circles_agree_with_measuring_every_place(stores: Stores) -> None:
    """Page after page is what a search through everything gives, ties included."""
    chance = random.Random(1)
    for _ in range(stores.queries):
        lat, lon = anywhere(chance)
        radius, limit = chance.choice([100, 5e3, 5e4, 2e6, 3e7]), chance.choice([1, 7, 60])
        expected = [place for place in measured(lat, lon) if place[0] <= radius]
        after = None
        for page in range(3):
            near = await stores.geo.nearby(lat, lon, radius, limit, after)
            assert list(near) == expected[page * limit : (page + 1) * limit]
            after = near[-1][:2] if near else after


async def test_pages_of_boxes_agree_with_looking_at_every_place(stores: Stores) -> None:
    """Boxes over the date line, at the poles and of no size are like any other."""
    chance = random.Random(2)
    for _ in range(stores.queries):
        lat, lon = anywhere(chance)
        corner, other = anywhere(chance), anywhere(chance)
        south, north = sorted((corner[0], other[0]))
        box = Box(south, corner[1], north, chance.choice([other[1], corner[1], 180.0]))
        limit = chance.choice([1, 7, 60])
        expected = [place for place in measured(lat, lon) if box.contains(*place[2:])]
        after = None
        for page in range(3):
            inside = await stores.geo.within(box, lat, lon, limit, after)
            assert list(inside) == expected[page * limit : (page + 1) * limit]
            after = inside[-1][:2] if inside else after


async def test_hotels_are_located_by_id(stores: Stores) -> None:
    """Known ones once, the nearest first; others are left out, whatever they look like."""
    chance = random.Random(3)
    for _ in range(stores.queries // 10):
        asked = [place.hotel_id for place in chance.choices(PLACES, k=20)]
        lat, lon = anywhere(chance)
        located = await stores.geo.locate([*asked, "x' OR 1=1 --", "\0", "%"], lat, lon)
        assert list(located) == [p for p in measured(lat, lon) if p[1] in asked]


async def test_finding_agrees_with_ranking_every_hotel(stores: Stores) -> None:
    """Typed well or badly, as parts or with words of others: the ranking is that of `matching`."""
    chance = random.Random(4)
    for _ in range(stores.queries):
        q, other = typed(chance), chance.choice(CANDIDATES)
        if chance.random() < 0.2:
            q = f"{q} {other.city}"
        min_rating = chance.choice([0, 0, 3.5, 4.6])
        asked = tuple(dict.fromkeys(words(q)))
        everything = ranked(asked, CANDIDATES, min_rating) if asked else []
        if q.strip():
            found = list(await stores.profile.find(q, min_rating, None, len(CANDIDATES)))
            assert found == everything
        among = [candidate.hotel_id for candidate in chance.sample(CANDIDATES, 40)]
        found = list(await stores.profile.find(q, min_rating, [*among, "x", "\0"], 10))
        if q.strip():
            assert found == [match for match in everything if match.hotel_id in among][:10]


async def test_the_best_come_first_however_few_are_wanted(stores: Stores) -> None:
    """A small limit gives what a search by the same words in memory gives."""
    chance = random.Random(5)
    index = JsonProfileStore(entry.profile.hotel() for entry in ENTRIES if entry.profile)._index
    for _ in range(stores.queries // 4):
        q, limit = typed(chance), chance.choice([1, 3, 20])
        assert await stores.profile.find(q, 0, None, limit) == await find(index, q, 0, None, limit)


async def test_without_words_the_order_is_that_asked_for(stores: Stores) -> None:
    """Nothing but the rating decides, and unrated hotels are rated 0."""
    ratings = {candidate.hotel_id: candidate.rating or 0.0 for candidate in CANDIDATES}
    among = [candidate.hotel_id for candidate in CANDIDATES[50:20:-1]]

    found = await stores.profile.find(" ", 4, [*among, "x", *among], 9)
    assert [match[:2] for match in found] == [(i, ratings[i]) for i in among if ratings[i] >= 4][:9]

    found = await stores.profile.find("", 4.5, None, 9)
    rated = sorted(hotel_id for hotel_id, rating in ratings.items() if rating >= 4.5)
    assert [match.hotel_id for match in found] == rated[:9]


@pytest.mark.parametrize("q", ["!?", "'", '"', "%", "_", "\\", "\0", "; --", "́"])
async def test_marks_alone_match_nothing(stores: Stores, q: str) -> None:
    """What has no letter and no digit is no word, and no part of a statement either."""
    assert await stores.profile.find(q, 0, None, 5) == []


async def test_statements_in_names_and_queries_are_text(stores: Stores) -> None:
    """They are found like other names, and do nothing."""
    found = await stores.profile.find("'; DROP TABLE place; --", 0, None, 1)

    hotels = await stores.profile.hotels([found[0].hotel_id])
    assert hotels[found[0].hotel_id].name == "'; DROP TABLE place; --"
    assert await stores.geo.nearby(0, 180, 3e7, 1)


async def test_plans_and_profiles_are_those_that_were_put_there(stores: Stores) -> None:
    """Whatever the store, a hotel comes out as it went in."""
    asked = [entry.hotel_id for entry in ENTRIES]

    plans = await stores.rate.plans([*asked, "x", "\0"])
    assert plans == {entry.hotel_id: entry.plans for entry in ENTRIES if entry.plans is not None}

    described = await stores.profile.hotels([*asked, "x", "\0"])
    assert {hotel_id: hotel.name for hotel_id, hotel in described.items()} == {
        candidate.hotel_id: candidate.name for candidate in CANDIDATES
    }


def typed(chance: random.Random) -> str:
    """What somebody may type who means a hotel."""
    candidate = chance.choice(CANDIDATES)
    text = chance.choice([candidate.name, candidate.city, f"{candidate.name} {candidate.city}"])
    place = chance.randrange(len(text))
    return chance.choice(
        [
            text,
            text.upper(),
            text[:place],
            text[:place] + text[place + 1 :],
            text[:place] + "x" + text[place:],
            text[: place - 1]
            + text[place : place + 1]
            + text[place - 1 : place]
            + text[place + 1 :],
            " ".join(reversed(text.split())),
        ]
    )
