import math

import pytest

from innkeeper.errors import BadInput
from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.geo.store import JsonGeoStore, Place
from innkeeper.pb.geo.v1 import geo_pb2

HERE = {"lat": 37.7749, "lon": -122.4194, "radius": 10_000, "limit": 10}


@pytest.fixture
def geo() -> Geo:
    return Geo(JsonGeoStore([Place("far", 37.79, -122.4), Place("near", 37.7831, -122.4181)]))


async def test_nearby_answers_position_and_distance(geo: Geo) -> None:
    """Each hotel comes with where it is and how far away, nearest first."""
    places = (await geo.Nearby(geo_pb2.NearbyRequest(**HERE), None)).places

    assert places.hotel_ids == ["near", "far"]
    assert places.distances == pytest.approx([918.93, 2392.89], abs=0.01)
    assert (places.lats, places.lons) == ([37.7831, 37.79], [-122.4181, -122.4])


async def test_an_empty_place_is_an_empty_answer(geo: Geo) -> None:
    """Where no hotel is, the table has no rows."""
    response = await geo.Nearby(geo_pb2.NearbyRequest(**{**HERE, "lat": 0}), None)

    assert response == geo_pb2.NearbyResponse()


async def test_nearby_answers_no_more_than_the_limit(geo: Geo) -> None:
    """The nearest ones stay when the limit is small."""
    response = await geo.Nearby(geo_pb2.NearbyRequest(**{**HERE, "limit": 1}), None)

    assert response.places.hotel_ids == ["near"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", 90.01),
        ("lat", -91),
        ("lat", math.nan),
        ("lon", 180.5),
        ("lon", -math.inf),
        ("radius", 0),
        ("radius", -1),
        ("radius", math.inf),
        ("radius", math.nan),
        ("limit", 0),
        ("limit", -1),
    ],
)
async def test_an_impossible_request_is_refused(geo: Geo, field: str, value: float) -> None:
    """What is out of range is named."""
    with pytest.raises(BadInput) as raised:
        await geo.Nearby(geo_pb2.NearbyRequest(**{**HERE, field: value}), None)

    assert raised.value.field == field
