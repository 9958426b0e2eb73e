"""The way of most requests: questions about hotels, answered before Litestar sees them.

What Litestar does around a handler costs more than reading the query and asking Search. So whoever
just asks is answered here. Everything else goes on to Litestar: other paths and methods, scripts of
other sites (whose answers say that they may read them), hosts that may be none; and whatever went
wrong, so that there is one place where problems are told.
"""

import re
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from innkeeper.hotels.frontend.hotels import FAILURE, PATH, Hotels

_READ = frozenset({"GET", "HEAD"})
_plain_host = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]+)?").fullmatch


class Shortcut:
    """Answers plain questions about hotels, and passes on all other requests."""

    def __init__(self, hotels: Hotels, others: ASGIApp) -> None:
        self._hotels = hotels
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept_language = _language_of_plain(scope)
        if accept_language is not None:
            try:
                answer = await self._hotels.answer(scope["query_string"], accept_language)
            except Exception as failure:
                scope[FAILURE] = failure  # type: ignore[literal-required]
            else:
                await answer.send(scope, send)
                return
        await self._others(scope, receive, send)


def _language_of_plain(scope: Any) -> str | None:
    """The Accept-Language header of a request for which Litestar would only call the handler of
    `/hotels`; None for all others."""
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in _READ:
        return None
    languages: list[bytes] = []
    for name, value in scope["headers"]:
        if name == b"accept-language":
            languages.append(value)
        elif name == b"origin" or (name == b"host" and not _plain_host(value)):
            return None
    return b",".join(languages).decode("latin-1")
