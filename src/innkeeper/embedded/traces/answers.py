"""The envelope around everything that Jaeger's query API answers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web

from innkeeper.embedded.traces.jaeger import Json

_PRETTY_INDENT = 4


def envelope(data: object, *, total: int = 0, errors: Sequence[Json] | None = None) -> Json:
    """The fields in Jaeger's order; `limit` and `offset` are always 0 there too."""
    return {"data": data, "total": total, "limit": 0, "offset": 0, "errors": errors}


def answer(request: web.Request, data: object, *, total: int = 0) -> web.Response:
    """A successful answer, indented when the request says prettyPrint."""
    body = msgspec.json.encode(envelope(data, total=total))
    return _json(_indented(body) if _is_for_people(request) else body)


async def written(request: web.Request, body: bytes) -> web.Response:
    """A successful answer that is JSON already, perhaps a hundred megabytes of it."""
    if _is_for_people(request):
        body = await asyncio.to_thread(_indented, body)
    return _json(body)


def _is_for_people(request: web.Request) -> bool:
    return request.query.get("prettyPrint", "false") not in ("", "false")


def _indented(body: bytes) -> bytes:
    return msgspec.json.format(body, indent=_PRETTY_INDENT)


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


def failure(status: int, message: str) -> web.Response:
    """An answer that says what is wrong."""
    error: dict[str, Any] = {"code": status, "msg": message}
    return web.Response(
        status=status,
        body=msgspec.json.encode(envelope(None, errors=[error])),
        content_type="application/json",
    )
