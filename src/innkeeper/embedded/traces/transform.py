"""Turns OTLP into Jaeger's JSON without storing it: Jaeger's UI opens files of OTLP that way."""

import asyncio
import sys

import msgspec
from aiohttp import web

from innkeeper.embedded.traces import jaeger
from innkeeper.embedded.traces.answers import envelope, failure, written
from innkeeper.embedded.traces.http_body import read_body
from innkeeper.embedded.traces.http_intake import MAX_REQUEST_BYTES
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.otlp_json import parse_json
from innkeeper.embedded.traces.store import Store
from innkeeper.errors import BadInput


async def transform(request: web.Request) -> web.Response:
    """The traces of an OTLP request in JSON, as Jaeger's API would answer them."""
    try:
        body = await read_body(request, MAX_REQUEST_BYTES)
        return await written(request, await asyncio.to_thread(_transformed, body))
    except web.HTTPException as error:
        return failure(error.status, error.text or error.reason)
    except BadInput as error:
        return failure(400, f"cannot unmarshal OTLP : {error}")


def _transformed(body: bytes) -> bytes:
    store = Store(sys.maxsize)
    for batch in Decoder().decode(parse_json(body)):
        store.add(batch)
    data = [msgspec.Raw(jaeger.encode(trace, raw=True)) for trace in store.traces()]
    return msgspec.json.encode(envelope(data))
