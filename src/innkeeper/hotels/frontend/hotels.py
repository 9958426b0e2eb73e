"""`GET /hotels`: what can be booked near a place for a stay, on a map."""

import logging
from collections.abc import Iterable, Set

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import SearchClient
from innkeeper.hotels.frontend.descriptions import Source
from innkeeper.hotels.frontend.geojson import MEDIA_TYPE
from innkeeper.hotels.frontend.language import preferred
from innkeeper.hotels.frontend.query import HotelsQuery, parse
from innkeeper.hotels.frontend.reply import send_body, wanted
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2

_log = logging.getLogger(__name__)
_HEADERS = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-language"),
)


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
        hotel_ids = found.places.hotel_ids[:]
        if not hotel_ids:
            return features.collection(found, {})
        descriptions = await self._descriptions.describe(hotel_ids, locale)
        if len(descriptions) < len(hotel_ids):
            self._report(set(hotel_ids) - descriptions.keys())
        return features.collection(found, descriptions)

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


def create_hotels_route(search: SearchClient, descriptions: Source) -> ASGIRouteHandler:
    """The handler of `/hotels`.

    It speaks ASGI itself: what Litestar does around other handlers costs as much as reading the
    query and asking Search.
    """
    directory = Hotels(search, descriptions)

    @asgi("/hotels", name="hotels", copy_scope=False)
    async def hotels(scope: Scope, receive: Receive, send: Send) -> None:
        if not await wanted(scope, send):
            return
        query = parse(scope["query_string"])
        locale = query.locale or preferred(_accept_language(scope["headers"]))
        await send_body(scope, send, await directory.find(query, locale), _HEADERS)

    return hotels
