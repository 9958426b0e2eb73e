"""The Search service: what can be booked near a point for a stay."""

from collections.abc import Sequence

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
        limit, missing = request.limit, request.limit
        while True:
            near = await self._near(request, limit)
            hotel_ids = near.hotel_ids[:]
            # By id, not by position: hotels may have come or gone since Geo was asked before.
            new = [hotel_id for hotel_id in hotel_ids if hotel_id not in seen]
            if new:
                plans = await self._plans(new, request.stay, missing)
                bookable = plans.hotel_ids[:]
                response.places.MergeFrom(_select(near, bookable))
                response.plans.MergeFrom(plans)
                missing -= len(bookable)
            if missing <= 0 or len(hotel_ids) < limit:
                return response
            seen.update(new)
            limit = min(2 * limit, _MAX_INT32)

    async def _near(self, request: search_pb2.NearbyRequest, limit: int) -> geo_pb2.Places:
        response = await self._geo.Nearby(
            geo_pb2.NearbyRequest(
                lat=request.lat, lon=request.lon, radius=request.radius, limit=limit
            )
        )
        return response.places

    async def _plans(
        self, hotel_ids: Sequence[str], stay: rate_pb2.Stay, limit: int
    ) -> rate_pb2.PlanTable:
        response = await self._rate.GetRates(
            rate_pb2.GetRatesRequest(hotel_ids=hotel_ids, stay=stay, limit=limit)
        )
        return response.plans


def _select(places: geo_pb2.Places, hotel_ids: Sequence[str]) -> geo_pb2.Places:
    """The places of some of the hotels, in that order."""
    known = places.hotel_ids[:]
    if known == hotel_ids:
        return places
    positions = {hotel_id: position for position, hotel_id in enumerate(known)}
    rows = [positions[hotel_id] for hotel_id in hotel_ids]
    lats, lons, distances = places.lats[:], places.lons[:], places.distances[:]
    return geo_pb2.Places(
        hotel_ids=hotel_ids,
        lats=[lats[row] for row in rows],
        lons=[lons[row] for row in rows],
        distances=[distances[row] for row in rows],
    )
