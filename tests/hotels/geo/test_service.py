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


async def test_a_box_is_seen_from_its_middle() -> None:
    """Hotels in it come nearest to the middle first, over the date line too, page by page."""
    geo = Geo(JsonGeoStore([Place("w", 0, 179.5), Place("e", 0, -179.9), Place("out", 0, -178.9)]))
    box = geo_pb2.Box(south=-1, west=179, north=1, east=-179)

    whole = (await geo.Within(geo_pb2.WithinRequest(box=box, limit=5), None)).places
    after = geo_pb2.Position(distance=whole.distances[0], hotel_id="e")
    rest = (await geo.Within(geo_pb2.WithinRequest(box=box, limit=5, after=after), None)).places

    assert whole.hotel_ids == ["e", "w"]
    assert whole.distances == pytest.approx([11_119.5, 55_597.5], abs=0.5)
    assert rest.hotel_ids == ["w"]


@pytest.mark.parametrize(
    "box", [(1, 0, 0, 1), (-91, 0, 0, 1), (0, 181, 1, 1), (0, 0, math.nan, 1), (0, 0, 1, math.nan)]
)
async def test_an_impossible_box_is_refused(geo: Geo, box: tuple[float, ...]) -> None:
    """Upside down, or not on earth."""
    message = geo_pb2.Box(**dict(zip(("south", "west", "north", "east"), box, strict=True)))

    with pytest.raises(BadInput) as raised:
        await geo.Within(geo_pb2.WithinRequest(box=message, limit=1), None)
    assert raised.value.field == "box"


async def test_hotels_are_located_in_an_area(geo: Geo) -> None:
    """Unknown ids and those outside are left out; distances are from the area's centre."""
    near = geo_pb2.Circle(lat=37.7749, lon=-122.4194, radius=1000)
    box = geo_pb2.Box(south=37.785, west=-123, north=38, east=-122)
    ids = ["far", "near", "unknown"]

    async def locate(**area: object) -> list[str]:
        request = geo_pb2.LocateRequest(hotel_ids=ids, **area)
        return list((await geo.Locate(request, None)).places.hotel_ids)

    assert await locate(circle=near) == ["near"]
    assert await locate(box=box) == ["far"]
    assert await locate() == ["far", "near"]


async def test_without_an_area_the_first_known_hotel_is_the_centre(geo: Geo) -> None:
    """So the best match of a search is at distance 0; of unknown hotels nothing is known."""
    request = geo_pb2.LocateRequest(hotel_ids=["unknown", "far", "near"])
    places = (await geo.Locate(request, None)).places

    assert (places.hotel_ids, places.distances[0]) == (["far", "near"], 0)
    nobody = geo_pb2.LocateRequest(hotel_ids=["unknown"])
    assert await geo.Locate(nobody, None) == geo_pb2.LocateResponse()
