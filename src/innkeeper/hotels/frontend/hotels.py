"""`GET /hotels`: what can be booked near a place for a stay, on a map."""

import logging
from typing import Any

from litestar import Request, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from innkeeper.hotels.frontend import geojson
from innkeeper.hotels.frontend.clients import ProfileClient, SearchClient
from innkeeper.hotels.frontend.language import preferred
from innkeeper.hotels.frontend.query import HotelsQuery, parse
from innkeeper.hotels.frontend.reply import READ, reply
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

_log = logging.getLogger(__name__)
_HEADERS = {"vary": "accept-language"}


class Hotels:
    """Asks Search what can be booked, then Profile what to say about it."""

    def __init__(self, search: SearchClient, profile: ProfileClient) -> None:
        self._search = search
        self._profile = profile
        self._reported: set[str] = set()

    async def find(self, query: HotelsQuery, locale: str) -> bytes:
        """The encoded feature collection; hotels that Profile does not know are left out."""
        found = await self._search.Nearby(
            search_pb2.NearbyRequest(
                lat=query.lat,
                lon=query.lon,
                radius=query.radius,
                limit=query.limit,
                stay=rate_pb2.Stay(
                    in_date=query.in_date.isoformat(), out_date=query.out_date.isoformat()
                ),
            )
        )
        descriptions = await self._describe([hotel.hotel_id for hotel in found.hotels], locale)
        return geojson.collection(
            geojson.feature(hotel, descriptions[hotel.hotel_id])
            for hotel in found.hotels
            if hotel.hotel_id in descriptions
        )

    async def _describe(self, hotel_ids: list[str], locale: str) -> dict[str, bytes]:
        if not hotel_ids:
            return {}
        response = await self._profile.GetProfiles(
            profile_pb2.GetProfilesRequest(hotel_ids=hotel_ids, locale=locale)
        )
        descriptions = {profile.hotel_id: geojson.describe(profile) for profile in response.hotels}
        self._report(hotel_ids, descriptions)
        return descriptions

    def _report(self, hotel_ids: list[str], descriptions: dict[str, bytes]) -> None:
        """Log each hotel that Profile does not know, once."""
        for hotel_id in hotel_ids:
            if hotel_id not in descriptions and hotel_id not in self._reported:
                self._reported.add(hotel_id)
                _log.warning("profile does not know hotel %r: it is left out of answers", hotel_id)


def create_hotels_route(search: SearchClient, profile: ProfileClient) -> HTTPRouteHandler:
    """The handler of `/hotels`."""
    directory = Hotels(search, profile)

    @route("/hotels", http_method=READ, name="hotels")
    async def hotels(request: Request[Any, Any, Any]) -> ASGIResponse:
        query = parse(request.scope["query_string"])
        locale = query.locale or preferred(request.headers.get("accept-language", ""))
        body = await directory.find(query, locale)
        return reply(request, body, geojson.MEDIA_TYPE, headers=_HEADERS)

    return hotels
