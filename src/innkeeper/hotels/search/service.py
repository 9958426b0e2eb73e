"""The Search service: what can be booked near a point for a stay."""

from collections.abc import Iterable, Mapping, Sequence

from innkeeper.hotels.search.clients import GeoClient, RateClient
from innkeeper.hotels.stay import Stay
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

_MAX_INT32 = 2**31 - 1


class Search:
    """Answers what `search.proto` promises by asking Geo, then Rate.

    Hotels near the point may be closed for the stay. Geo is therefore asked for as many hotels as
    are wanted, and for twice as many each time that Rate leaves too few of them; Rate is asked
    about each hotel once.
    """

    def __init__(self, geo: GeoClient, rate: RateClient) -> None:
        self._geo = geo
        self._rate = rate

    async def Nearby(
        self, request: search_pb2.NearbyRequest, context: object
    ) -> search_pb2.NearbyResponse:
        """The nearest hotels that have a plan for the whole stay, nearest first, ties by id.

        Raises:
            BadInput: the point, the radius, the limit or the stay is impossible.
        """
        # Geo checks the rest; Rate is not asked when nothing is near.
        Stay.from_message(request.stay)
        response = search_pb2.NearbyResponse()
        seen: set[str] = set()
        limit = request.limit
        while True:
            near = await self._near(request, limit)
            # By id, not by position: hotels may have come or gone since Geo was asked before.
            new = {hotel.hotel_id: hotel for hotel in near if hotel.hotel_id not in seen}
            if new:
                rates = await self._rates(new, request.stay)
                _add(response, new, rates, request.limit)
            if len(response.hotels) >= request.limit or len(near) < limit:
                return response
            seen.update(new)
            limit = min(2 * limit, _MAX_INT32)

    async def _near(
        self, request: search_pb2.NearbyRequest, limit: int
    ) -> Sequence[geo_pb2.NearbyHotel]:
        response = await self._geo.Nearby(
            geo_pb2.NearbyRequest(
                lat=request.lat, lon=request.lon, radius=request.radius, limit=limit
            )
        )
        return response.hotels

    async def _rates(
        self, hotel_ids: Iterable[str], stay: rate_pb2.Stay
    ) -> Mapping[str, rate_pb2.HotelRates]:
        response = await self._rate.GetRates(
            rate_pb2.GetRatesRequest(hotel_ids=hotel_ids, stay=stay)
        )
        return {hotel.hotel_id: hotel for hotel in response.hotels}


def _add(
    response: search_pb2.NearbyResponse,
    hotels: Mapping[str, geo_pb2.NearbyHotel],
    rates: Mapping[str, rate_pb2.HotelRates],
    limit: int,
) -> None:
    """Add those of the hotels that can be booked, up to as many as are wanted in all."""
    for hotel_id, hotel in hotels.items():
        if len(response.hotels) >= limit:
            return
        if hotel_id in rates:
            bookable = response.hotels.add(
                hotel_id=hotel_id, lat=hotel.lat, lon=hotel.lon, distance=hotel.distance
            )
            bookable.plans.MergeFrom(rates[hotel_id].plans)
