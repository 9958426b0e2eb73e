"""`GET /hotels`: what can be booked near a place for a stay, on a map."""

import logging
from collections.abc import Iterable, Set
from typing import NamedTuple

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import SearchClient
from innkeeper.hotels.frontend.descriptions import Source
from innkeeper.hotels.frontend.geojson import MEDIA_TYPE
from innkeeper.hotels.frontend.language import preferred
from innkeeper.hotels.frontend.paging import next_page, write_cursor
from innkeeper.hotels.frontend.parameters import HotelsQuery
from innkeeper.hotels.frontend.query import parse
from innkeeper.hotels.frontend.question import question
from innkeeper.hotels.frontend.reply import send_body, wanted

PATH = "/hotels"

_log = logging.getLogger(__name__)
_HEADERS = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-language"),
)


class Answer(NamedTuple):
    """An encoded feature collection, and the address of the next page, or nothing."""

    body: bytes
    next_page: str


class Hotels:
    """Asks Search what can be booked, and joins to it what there is to say about the hotels."""

    def __init__(self, search: SearchClient, descriptions: Source) -> None:
        self._search = search
        self._descriptions = descriptions
        self._reported: set[str] = set()

    async def find(self, query: HotelsQuery, raw_query: bytes, locale: str) -> Answer:
        """The hotels that can be booked; those that Profile does not know are left out."""
        found = await self._search.Nearby(question(query))
        address = ""
        if found.HasField("next"):
            address = next_page(PATH, raw_query, write_cursor(query, found.next))
        hotel_ids = found.places.hotel_ids[:]
        if not hotel_ids:
            return Answer(features.collection(found, {}, address), address)
        descriptions = await self._descriptions.describe(hotel_ids, locale)
        if len(descriptions) < len(hotel_ids):
            self._report(set(hotel_ids) - descriptions.keys())
        return Answer(features.collection(found, descriptions, address), address)

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

    @asgi(PATH, name="hotels", copy_scope=False)
    async def hotels(scope: Scope, receive: Receive, send: Send) -> None:
        if not await wanted(scope, send):
            return
        raw_query = scope["query_string"]
        query = parse(raw_query)
        locale = query.locale or preferred(_accept_language(scope["headers"]))
        body, address = await directory.find(query, raw_query, locale)
        link = ((b"link", b'<%b>; rel="next"' % address.encode()),) if address else ()
        await send_body(scope, send, body, (*_HEADERS, *link))

    return hotels
