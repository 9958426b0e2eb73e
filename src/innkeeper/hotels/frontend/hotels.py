"""`GET /hotels`: what can be booked near a place for a stay, on a map."""

import logging
from collections.abc import Iterable, Set
from typing import Any

from litestar import Request, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import SearchClient
from innkeeper.hotels.frontend.descriptions import Source
from innkeeper.hotels.frontend.geojson import MEDIA_TYPE
from innkeeper.hotels.frontend.language import preferred
from innkeeper.hotels.frontend.query import HotelsQuery, parse
from innkeeper.hotels.frontend.reply import READ, reply
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

_log = logging.getLogger(__name__)
_HEADERS = {"vary": "accept-language"}


class Hotels:
    """Asks Search what can be booked, and joins to it what there is to say about the hotels."""

    def __init__(self, search: SearchClient, descriptions: Source) -> None:
        self._search = search
        self._descriptions = descriptions
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
        hotels = {hotel.hotel_id: hotel for hotel in found.hotels}
        if not hotels:
            return features.collection(())
        descriptions = await self._descriptions.describe(list(hotels), locale)
        if len(descriptions) < len(hotels):
            self._report(hotels.keys() - descriptions.keys())
        return features.collection(
            features.feature(hotel, descriptions[hotel_id])
            for hotel_id, hotel in hotels.items()
            if hotel_id in descriptions
        )

    def _report(self, unknown: Set[str]) -> None:
        """Log each hotel that Profile does not know, once."""
        for hotel_id in sorted(unknown - self._reported):
            _log.warning("profile does not know hotel %r: it is left out of answers", hotel_id)
        self._reported |= unknown


def _accept_language(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The header as it was sent. Litestar would first read all headers of the request."""
    return ",".join(
        value.decode("latin-1") for name, value in headers if name == b"accept-language"
    )


def create_hotels_route(search: SearchClient, descriptions: Source) -> HTTPRouteHandler:
    """The handler of `/hotels`."""
    directory = Hotels(search, descriptions)

    @route("/hotels", http_method=READ, name="hotels")
    async def hotels(request: Request[Any, Any, Any]) -> ASGIResponse:
        query = parse(request.scope["query_string"])
        locale = query.locale or preferred(_accept_language(request.scope["headers"]))
        body = await directory.find(query, locale)
        return reply(request, body, MEDIA_TYPE, headers=_HEADERS)

    return hotels
