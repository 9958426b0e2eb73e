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
from innkeeper.hotels.frontend.language import accepted

_READ = frozenset({"GET", "HEAD"})
_plain_host = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]+)?").fullmatch


class Shortcut:
    """Answers plain questions about hotels, and passes on all other requests."""

    def __init__(self, hotels: Hotels, others: ASGIApp) -> None:
        self._hotels = hotels
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_plain(scope):
            try:
                answer = await self._hotels.answer(
                    scope["query_string"], accepted(scope["headers"])
                )
            except Exception as failure:
                scope[FAILURE] = failure  # type: ignore[literal-required]
            else:
                await answer.send(scope, send)
                return
        await self._others(scope, receive, send)


def _is_plain(scope: Any) -> bool:
    """Whether Litestar would only call the handler of `/hotels`."""
    return (
        scope["type"] == "http"
        and scope["path"] == PATH
        and scope["method"] in _READ
        and all(
            name != b"origin" and (name != b"host" or _plain_host(value))
            for name, value in scope["headers"]
        )
    )
