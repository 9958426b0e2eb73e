"""One HTTP call as the endpoints see it, and how they answer."""

from dataclasses import dataclass

import msgspec
from aiohttp import web
from multidict import MultiMapping


@dataclass(frozen=True, slots=True)
class Call:
    """A request, with what follows its route's prefix in the path, decoded."""

    request: web.Request
    rest: str

    @property
    def query(self) -> MultiMapping[str]:
        """The parameters of the URL."""
        return self.request.query


def json_answer(call: Call, value: object, status: int = 200) -> web.Response:
    """A JSON answer; indented when the caller asked for `?pretty`."""
    return encoded_answer(encoded(call, value), status)


def encoded(call: Call, value: object) -> bytes:
    """JSON; indented when the caller asked for `?pretty`."""
    body = msgspec.json.encode(value)
    return msgspec.json.format(body, indent=4) + b"\n" if "pretty" in call.query else body


def encoded_answer(body: bytes, status: int = 200) -> web.Response:
    """An answer of JSON that is encoded already."""
    return web.Response(status=status, body=body, content_type="application/json")


def done() -> web.Response:
    """The empty answer to a write that went well."""
    answer = web.Response(body=b"")
    answer.content_type = "application/json"
    return answer


def plain_answer(text: str, status: int) -> web.Response:
    """A text for people."""
    return web.Response(text=text, status=status, content_type="text/plain")
