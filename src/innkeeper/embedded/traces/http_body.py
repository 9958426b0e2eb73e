"""Reads the body of a request, decompressed, within a limit of size and time."""

import asyncio
import zlib
from typing import Protocol

from aiohttp import web

_SECONDS = 10.0
"""Longest time that a sender may take; a body that stops half way frees its place then."""


class _Unpacker(Protocol):
    """What a decompressor of zlib offers; the names are its."""

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, /, max_length: int) -> bytes: ...


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, without its Content-Encoding.

    Raises:
        web.HTTPException: 400 for an encoding that is unknown or broken, 408 for a sender that
            stopped, 413 for more than `limit` bytes, before or after decompression.
    """
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    unpacker = _unpacker(encoding)
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.content.iter_any():
                # A limit on what comes out stops a small body that unpacks to gigabytes.
                room = limit + 1 - len(body)
                body += unpacker.decompress(chunk, room) if unpacker else chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except zlib.error as error:
        raise web.HTTPBadRequest(text=f"the body is not {encoding}: {error}") from error
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text=f"the body took over {_SECONDS:.0f} s") from error
    if unpacker and not unpacker.eof:
        raise web.HTTPBadRequest(text=f"the body is not {encoding}: it ends too early")
    return bytes(body)


def _unpacker(encoding: str) -> _Unpacker | None:
    if encoding == "identity":
        return None
    if encoding == "gzip":
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    if encoding == "deflate":
        return zlib.decompressobj()
    raise web.HTTPBadRequest(text=f"unsupported Content-Encoding: {encoding}")


def _too_large(limit: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(
        max_size=limit, actual_size=limit + 1, text=f"the body is larger than {limit} bytes"
    )
