"""The Geo service: hotels around a point."""

from collections.abc import Sequence
from math import inf

from innkeeper.errors import BadInput
from innkeeper.hotels.geo.store import GeoStore, NearbyPlace
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
        _check(request)
        places = await self._store.nearby(request.lat, request.lon, request.radius, request.limit)
        response = geo_pb2.NearbyResponse()
        if places:
            _write(response.places, places)
        return response


def _write(table: geo_pb2.Places, places: Sequence[NearbyPlace]) -> None:
    """Fill the columns where they are: a table of its own would be copied into the response."""
    distances, hotel_ids, lats, lons = zip(*places, strict=True)
    table.hotel_ids.extend(hotel_ids)
    table.lats.extend(lats)
    table.lons.extend(lons)
    table.distances.extend(distances)


def _check(request: geo_pb2.NearbyRequest) -> None:
    # Written as ranges, so that NaN is in none of them.
    if not -90 <= request.lat <= 90:
        raise BadInput("lat", "a number from -90 to 90")
    if not -180 <= request.lon <= 180:
        raise BadInput("lon", "a number from -180 to 180")
    if not 0 < request.radius < inf:
        raise BadInput("radius", "a number of metres above 0")
    if request.limit < 1:
        raise BadInput("limit", "a whole number of at least 1")
