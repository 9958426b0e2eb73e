"""`GET /hotels`: what can be booked near a place for a stay, on a map."""

import logging
from collections.abc import Set
from typing import Any, NamedTuple

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from innkeeper.hotels.frontend import features
from innkeeper.hotels.frontend.clients import SearchClient
from innkeeper.hotels.frontend.descriptions import Source
from innkeeper.hotels.frontend.geojson import MEDIA_TYPE
from innkeeper.hotels.frontend.language import accepted, preferred
from innkeeper.hotels.frontend.paging import next_page, write_cursor
from innkeeper.hotels.frontend.query import parse
from innkeeper.hotels.frontend.question import question
from innkeeper.hotels.frontend.reply import wanted

PATH = "/hotels"
FAILURE = "innkeeper.failure"
"""Where in a scope stands what went wrong with a question that was to be answered already."""

WHOLE = "innkeeper.response.whole"
"""Among a scope's extensions where the server takes an answer in one piece."""

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

    async def send(self, scope: Scope, send: Send) -> None:
        """Answer a GET with it, or a HEAD with its headers."""
        body, address = self
        headers = [*_HEADERS]
        if address:
            headers.append((b"link", b'<%b>; rel="next"' % address.encode()))
        start: Any = {"type": "http.response.start", "status": 200, "headers": headers}
        if WHOLE in (scope.get("extensions") or ()):
            await send(start | {"body": body})
            return
        headers.append((b"content-length", b"%d" % len(body)))
        await send(start)
        sent = b"" if scope["method"] == "HEAD" else body  # type: ignore[typeddict-item]
        await send({"type": "http.response.body", "body": sent, "more_body": False})


class Hotels:
    """Asks Search what can be booked, and joins to it what there is to say about the hotels."""

    def __init__(self, search: SearchClient, descriptions: Source) -> None:
        self._search = search
        self._descriptions = descriptions
        self._reported: set[str] = set()

    async def answer(self, raw_query: bytes, accept_language: str) -> Answer:
        """The hotels that can be booked; those that Profile does not know are left out.

        `raw_query` and `accept_language` are as they were sent; the latter may be empty.

        Raises:
            BadInput: something in the query is wrong; it is named.
            QueryTooLong: there is more of it than is read.
        """
        query = parse(raw_query)
        found = await self._search.Nearby(question(query))
        address = ""
        if found.HasField("next"):
            address = next_page(PATH, raw_query, write_cursor(query, found.next))
        hotel_ids = found.places.hotel_ids[:]
        if not hotel_ids:
            return Answer(features.collection(found, (), address), address)
        locale = query.locale or preferred(accept_language)
        descriptions = await self._descriptions.describe(hotel_ids, locale)
        if None in descriptions:
            known = zip(hotel_ids, descriptions, strict=True)
            self._report({hotel_id for hotel_id, description in known if description is None})
        return Answer(features.collection(found, descriptions, address), address)

    def _report(self, unknown: Set[str]) -> None:
        """Log each hotel that Profile does not know, once."""
        for hotel_id in sorted(unknown - self._reported):
            _log.warning("profile does not know hotel %r: it is left out of answers", hotel_id)
        self._reported |= unknown


def create_hotels_route(hotels: Hotels) -> ASGIRouteHandler:
    """The handler of `/hotels`, and of failures that `Shortcut` met there."""

    @asgi(PATH, name="hotels", copy_scope=False)
    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if FAILURE in scope:
            raise scope.pop(FAILURE)  # type: ignore[misc]
        if await wanted(scope, send):
            answer = await hotels.answer(scope["query_string"], accepted(scope["headers"]))
            await answer.send(scope, send)

    return route
