from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.geo.sphere import distance
from innkeeper.hotels.geo.store import JsonGeoStore, Place

# Few enough values that places meet, at the edges of the map too.
LATITUDES = st.sampled_from([-90, -89.99, 0, 0.001, 37.7749, 89.99, 90]) | st.floats(-90, 90)
LONGITUDES = st.sampled_from([-180, -179.99, 0, 0.001, 179.99, 180]) | st.floats(-180, 180)
PLACES = st.lists(st.tuples(LATITUDES, LONGITUDES), max_size=30).map(
    lambda points: [Place(str(n), lat, lon) for n, (lat, lon) in enumerate(points)]
)
RADII = st.sampled_from([0.5, 5_000, 50_000, 2.1e7]) | st.floats(0.001, 2.1e7)


def store(*places: tuple[str, float, float]) -> JsonGeoStore:
    return JsonGeoStore(Place(*place) for place in places)


@given(PLACES, LATITUDES, LONGITUDES, RADII, st.integers(1, 40))
async def test_nearby_agrees_with_measuring_every_place(
    places: list[Place], lat: float, lon: float, radius: float, limit: int
) -> None:
    """The answer is that of a brute-force search, order and ties included."""
    measured = sorted(
        (distance(lat, lon, place.lat, place.lon), place.hotel_id) for place in places
    )
    expected = [found for found in measured if found[0] <= radius][:limit]

    near = await JsonGeoStore(places).nearby(lat, lon, radius, limit)

    assert [(place.distance, place.hotel_id) for place in near] == expected


async def test_the_radius_is_part_of_the_circle() -> None:
    """A place exactly as far as the radius is near; one bit less and it is not."""
    radius = distance(10, 20, 10.01, 20.01)
    places = store(("1", 10.01, 20.01))

    assert len(await places.nearby(10, 20, radius, 5)) == 1
    assert len(await places.nearby(10, 20, radius - 1e-6, 5)) == 0


async def test_ties_come_by_id() -> None:
    """Places as far as each other come in the order of their ids."""
    places = store(("b", 0.01, 0), ("c", -0.01, 0), ("a", 0.01, 0))

    near = await places.nearby(0, 0, 10_000, 5)

    assert [place.hotel_id for place in near] == ["a", "b", "c"]


async def test_the_date_line_and_the_poles_are_no_borders() -> None:
    """Places on the other side of the date line and of a pole are near."""
    assert await store(("1", 0, -179.99)).nearby(0, 179.99, 3_000, 5)
    assert await store(("1", 89.99, 180)).nearby(89.99, 0, 3_000, 5)
