"""The Geo service: where hotels are."""

from collections.abc import Sequence
from math import inf

from innkeeper.errors import BadInput
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.sphere import NearbyPlace
from innkeeper.hotels.geo.store import After, GeoStore
from innkeeper.pb.geo.v1 import geo_pb2


class Geo:
    """Answers what `geo.proto` promises from any store."""

    def __init__(self, store: GeoStore) -> None:
        self._store = store

    async def Nearby(
        self, request: geo_pb2.NearbyRequest, context: object
    ) -> geo_pb2.NearbyResponse:
        """The hotels around a point, nearest first, ties by id.

        Raises:
            BadInput: the point is not on earth, or the radius or the limit is not above zero.
        """
        _check_circle(request)
        _check_limit(request.limit)
        places = await self._store.nearby(
            request.lat, request.lon, request.radius, request.limit, _after(request)
        )
        response = geo_pb2.NearbyResponse()
        _write(response.places, places)
        return response

    async def Within(
        self, request: geo_pb2.WithinRequest, context: object
    ) -> geo_pb2.WithinResponse:
        """The hotels in a box, those nearest to its middle first, ties by id.

        Raises:
            BadInput: the box is not on earth or upside down, or the limit is not above zero.
        """
        box = _box(request.box)
        _check_limit(request.limit)
        lat, lon = box.middle
        places = await self._store.within(box, lat, lon, request.limit, _after(request))
        response = geo_pb2.WithinResponse()
        _write(response.places, places)
        return response

    async def Locate(
        self, request: geo_pb2.LocateRequest, context: object
    ) -> geo_pb2.LocateResponse:
        """Where those of the hotels are that are known and in the area, the nearest first.

        Raises:
            BadInput: the area is impossible.
        """
        response = geo_pb2.LocateResponse()
        _write(response.places, await self._located(request))
        return response

    async def _located(self, request: geo_pb2.LocateRequest) -> Sequence[NearbyPlace]:
        hotel_ids = request.hotel_ids[:]
        if request.HasField("circle"):
            circle = request.circle
            _check_circle(circle)
            places = await self._store.locate(hotel_ids, circle.lat, circle.lon)
            return [place for place in places if place[0] <= circle.radius]
        if request.HasField("box"):
            box = _box(request.box)
            places = await self._store.locate(hotel_ids, *box.middle)
            return [place for place in places if box.contains(*place[2:])]
        places = await self._store.locate(hotel_ids, 0, 0)
        known = {hotel_id: (lat, lon) for _, hotel_id, lat, lon in places}
        first = next((known[hotel_id] for hotel_id in hotel_ids if hotel_id in known), None)
        if first is None:
            return []
        return await self._store.locate(hotel_ids, *first)


def _write(table: geo_pb2.Places, places: Sequence[NearbyPlace]) -> None:
    """Fill the columns where they are: a table of its own would be copied into the response."""
    if not places:
        return
    distances, hotel_ids, lats, lons = zip(*places, strict=True)
    table.hotel_ids.extend(hotel_ids)
    table.lats.extend(lats)
    table.lons.extend(lons)
    table.distances.extend(distances)


def _after(request: geo_pb2.NearbyRequest | geo_pb2.WithinRequest) -> After | None:
    if not request.HasField("after"):
        return None
    return (request.after.distance, request.after.hotel_id)


def _check_circle(circle: geo_pb2.NearbyRequest | geo_pb2.Circle) -> None:
    # Written as ranges, so that NaN is in none of them.
    if not -90 <= circle.lat <= 90:
        raise BadInput("lat", "a number from -90 to 90")
    if not -180 <= circle.lon <= 180:
        raise BadInput("lon", "a number from -180 to 180")
    if not 0 < circle.radius < inf:
        raise BadInput("radius", "a number of metres above 0")


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise BadInput("limit", "a whole number of at least 1")


def _box(message: geo_pb2.Box) -> Box:
    box = Box(message.south, message.west, message.north, message.east)
    if not -90 <= box.south <= box.north <= 90:
        raise BadInput("box", "from south to north, between -90 and 90")
    if not (-180 <= box.west <= 180 and -180 <= box.east <= 180):
        raise BadInput("box", "from west to east, between -180 and 180")
    return box
