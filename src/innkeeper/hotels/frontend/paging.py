"""Pages of an answer: the cursor that says where one ended, and the address of the next.

A cursor is of use for the query that it came with alone, whatever the size of its pages, the plans
that are told of a hotel and the language. So it carries a checksum of that query, which also shows
most of what was made up.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from math import isfinite
from urllib.parse import quote, unquote_plus
from zlib import crc32

import msgspec
from google.protobuf.message import DecodeError
from msgspec import structs

from innkeeper.errors import BadInput
from innkeeper.hotels.frontend.parameters import HotelsQuery
from innkeeper.pb.search.v1 import search_pb2

_CHECKSUM = 4
# What may stand in a query as it is (RFC 3986), and what is escaped already.
_SAFE = "%=+-._~!$'()*,;:@/?"
_encode = msgspec.json.Encoder().encode


def read_cursor(query: HotelsQuery) -> search_pb2.Cursor:
    """Where the page before this query's ended.

    Raises:
        BadInput: the cursor is none of ours, or that of another query.
    """
    text = query.cursor
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        cursor = search_pb2.Cursor.FromString(decoded[_CHECKSUM:])
    except (NotBase64, DecodeError, ValueError):
        raise BadInput("cursor", "one that an answer gave as next") from None
    if decoded[:_CHECKSUM] != _checksum(query, decoded[_CHECKSUM:]):
        raise BadInput("cursor", "one that an answer to the same query gave as next")
    if not (isfinite(cursor.distance) and isfinite(cursor.rating)):
        raise BadInput("cursor", "one that an answer gave as next")
    return cursor


def write_cursor(query: HotelsQuery, cursor: search_pb2.Cursor) -> str:
    """What the next page of the query is asked for with."""
    encoded = cursor.SerializeToString()
    return urlsafe_b64encode(_checksum(query, encoded) + encoded).rstrip(b"=").decode()


def next_page(path: str, raw_query: bytes, cursor: str) -> str:
    """The address of the page after that of a query."""
    kept = [
        quote(part, safe=_SAFE)
        for part in raw_query.split(b"&")
        if part and unquote_plus(part.partition(b"=")[0].decode(errors="replace")) != "cursor"
    ]
    return f"{path}?{'&'.join([*kept, f'cursor={cursor}'])}"


def _checksum(query: HotelsQuery, cursor: bytes) -> bytes:
    asked = structs.replace(query, cursor="", plans="all", limit=0, locale="")
    return crc32(cursor, crc32(_encode(asked))).to_bytes(_CHECKSUM, "big")
