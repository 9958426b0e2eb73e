"""OTLP over HTTP: POST /v1/traces in protobuf or JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.http_body import read_body
from innkeeper.embedded.traces.intake import (
    MAX_REQUESTS_AT_ONCE,
    RETRY_SECONDS,
    Intake,
    parse,
)
from innkeeper.embedded.traces.otlp_json import parse_json
from innkeeper.errors import BadInput

MAX_REQUEST_BYTES = 20 * 1024 * 1024
"""Longest body, decompressed: Jaeger's default."""


@dataclass(frozen=True)
class _Form:
    """One of the two ways to write requests and answers."""

    content_type: str
    parse: Callable[[bytes], Awaitable[wire.Message]]
    write: Callable[[Message], bytes]

    def answer(self, status: int, message: Message) -> web.Response:
        headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
        return web.Response(
            status=status,
            body=self.write(message),
            content_type=self.content_type,
            headers=headers,
        )


async def _parse_protobuf(body: bytes) -> wire.Message:
    return parse(body)


async def _parse_json(body: bytes) -> wire.Message:
    """Takes seconds for the longest body, in which others would wait, so it has a thread."""
    return await asyncio.to_thread(parse_json, body)


def _protobuf(message: Message) -> bytes:
    return message.SerializeToString()


def _json(message: Message) -> bytes:
    return MessageToJson(message, indent=None).encode()


_FORMS = {
    form.content_type: form
    for form in (
        _Form("application/x-protobuf", _parse_protobuf, _protobuf),
        _Form("application/json", _parse_json, _json),
    )
}

_CODES = {400: Code.INVALID_ARGUMENT, 408: Code.DEADLINE_EXCEEDED, 413: Code.RESOURCE_EXHAUSTED}


def http_intake(intake: Intake) -> web.Application:
    """The application; run it with `auto_decompress=False`, it decompresses within its limits."""
    application = web.Application()
    application.router.add_post("/v1/traces", _Export(intake).handle)
    return application


class _Export:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._at_once = 0

    async def handle(self, request: web.Request) -> web.Response:
        form = _FORMS.get(request.content_type)
        if form is None:
            allowed = ", ".join(_FORMS)
            return web.Response(status=415, text=f"unsupported media type, supported: {allowed}")
        if self._at_once >= MAX_REQUESTS_AT_ONCE:
            return form.answer(
                503, Status(code=Code.UNAVAILABLE, message="too many requests at once")
            )
        self._at_once += 1
        try:
            body = await read_body(request, MAX_REQUEST_BYTES)
            return form.answer(200, await self._intake.accept(await form.parse(body)))
        except web.HTTPException as error:
            code = _CODES[error.status]
            return form.answer(error.status, Status(code=code, message=error.text or ""))
        except BadInput as error:
            return form.answer(400, Status(code=Code.INVALID_ARGUMENT, message=str(error)))
        finally:
            self._at_once -= 1
