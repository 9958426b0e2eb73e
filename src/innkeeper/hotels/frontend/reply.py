"""Answers that are encoded already."""

from typing import Any

from litestar import HttpMethod, Request
from litestar.exceptions import MethodNotAllowedException
from litestar.response.base import ASGIResponse
from litestar.types import Scope, Send

READ = (HttpMethod.GET, HttpMethod.HEAD)
"""The methods of everything that the frontend offers."""

_READ = frozenset(method.value for method in READ)
_ALLOWED = ", ".join([*READ, HttpMethod.OPTIONS])


def reply(
    request: Request[Any, Any, Any],
    body: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> ASGIResponse:
    """Answer with a body, or to HEAD with its headers alone."""
    head = request.method == HttpMethod.HEAD
    return ASGIResponse(
        body=b"" if head else body,
        status_code=status,
        headers={
            "content-type": media_type,
            "content-length": str(len(body)),
            "x-content-type-options": "nosniff",
            **(headers or {}),
        },
        is_head_response=head,
    )


async def wanted(scope: Scope, send: Send) -> bool:
    """Whether a handler that speaks ASGI itself is to answer: only who reads wants to know.

    Raises:
        MethodNotAllowedException: the method is not one that is offered.
    """
    method = scope["method"]  # type: ignore[typeddict-item]
    if method in _READ:
        return True
    if method != HttpMethod.OPTIONS:
        raise MethodNotAllowedException(headers={"allow": _ALLOWED})
    await send(
        {
            "type": "http.response.start",
            "status": 204,
            "headers": [(b"allow", _ALLOWED.encode())],
        }
    )
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return False
