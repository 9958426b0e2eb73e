"""Answers that are encoded already."""

from typing import Any

from litestar import HttpMethod, Request
from litestar.response.base import ASGIResponse

READ = (HttpMethod.GET, HttpMethod.HEAD)
"""The methods of everything that the frontend offers."""


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
