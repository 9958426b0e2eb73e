from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innkeeper.hotels.geo.store import GeoStore, JsonGeoStore, Place
from tests.support.catalogues import sqlite_places
from tests.support.sphere import distance

# Few enough values that places meet, at the edges of the map too.
LATITUDES = st.sampled_from([-90, -89.99, 0, 0.001, 37.7749, 89.99, 90]) | st.floats(-90, 90)
LONGITUDES = st.sampled_from([-180, -179.99, 0, 0.001, 179.99, 180]) | st.floats(-180, 180)
PLACES = st.lists(st.tuples(LATITUDES, LONGITUDES), max_size=30).map(
    lambda points: [Place(str(n), lat, lon) for n, (lat, lon) in enumerate(points)]
)
RADII = st.sampled_from([0.5, 5_000, 50_000, 2.1e7]) | st.floats(0.001, 2.1e7)


Store = Callable[[Sequence[Place]], GeoStore]


@pytest.fixture(params=[JsonGeoStore, sqlite_places], ids=["json", "sqlite"], scope="module")
def make(request: pytest.FixtureRequest) -> Store:
    """Every kind of store, filled with places."""
    return request.param


def places(*rows: tuple[str, float, float]) -> list[Place]:
    return [Place(*row) for row in rows]


@given(PLACES, LATITUDES, LONGITUDES, RADII, st.integers(1, 40))
@settings(max_examples=300, deadline=None)
async def test_nearby_agrees_with_measuring_every_place(
    make: Store, places: list[Place], lat: float, lon: float, radius: float, limit: int
) -> None:
    """The answer is that of a brute-force search, order and ties included."""
    measured = sorted(
        (distance(lat, lon, place.lat, place.lon), place.hotel_id) for place in places
    )
    expected = [found for found in measured if found[0] <= radius][:limit]

    near = await make(places).nearby(lat, lon, radius, limit)

    assert [place[:2] for place in near] == expected


async def test_the_radius_is_part_of_the_circle(make: Store) -> None:
    """A place exactly as far as the radius is near; one bit less and it is not."""
    radius = distance(10, 20, 10.01, 20.01)
    store = make(places(("1", 10.01, 20.01)))

    assert len(await store.nearby(10, 20, radius, 5)) == 1
    assert len(await store.nearby(10, 20, radius - 1e-6, 5)) == 0


async def test_ties_come_by_id(make: Store) -> None:
    """Places as far as each other come in the order of their ids."""
    store = make(places(("b", 0.01, 0), ("c", -0.01, 0), ("a", 0.01, 0)))

    near = await store.nearby(0, 0, 10_000, 5)

    assert [hotel_id for _, hotel_id, _, _ in near] == ["a", "b", "c"]


async def test_the_date_line_and_the_poles_are_no_borders(make: Store) -> None:
    """Places on the other side of the date line and of a pole are near."""
    assert await make(places(("1", 0, -179.99))).nearby(0, 179.99, 3_000, 5)
    assert await make(places(("1", 89.99, 180))).nearby(89.99, 0, 3_000, 5)


async def test_a_crowd_far_away_is_ranked(make: Store) -> None:
    """The nearest of thousands that are all far from the point are found, ties by id."""
    crowd = places(*((f"{n:04}", 40 + n % 70 / 1000, n // 70 / 1000) for n in range(4900)))
    measured = sorted((distance(0, 0, place.lat, place.lon), place.hotel_id) for place in crowd)

    near = await make(crowd).nearby(0, 0, 2e7, 7)

    assert [place[:2] for place in near] == measured[:7]


async def test_a_crowd_in_one_place_is_ranked(make: Store) -> None:
    """Thousands of hotels with the same coordinates come by id."""
    crowd = places(*((f"{n:04}", 10.0, 10.0) for n in range(3000)))

    near = await make(crowd).nearby(10.2, 10, 50_000, 3)

    assert [hotel_id for _, hotel_id, _, _ in near] == ["0000", "0001", "0002"]
