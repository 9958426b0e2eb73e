"""What went wrong, as RFC 9457 tells it: `application/problem+json`.

    BadInput                  400        the parameter is named
    NotFound                  404
    QueryTooLong              414
    Unavailable, Overloaded   503        with Retry-After
    TooLate                   504
    Litestar's HTTPException  its own    unknown paths (404), wrong methods (405, with Allow)
    anything else             500        logged with its traceback; the caller learns nothing of it

The `type` of a problem points into `/openapi.json`, where the problem is described.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from innkeeper.errors import BadInput, NotFound, Overloaded, TooLate, Unavailable
from innkeeper.hotels.frontend.query import QueryTooLong

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
"""Seconds; services that go away are back within two."""

KINDS = {
    400: "BadRequest",
    404: "NotFound",
    405: "MethodNotAllowed",
    414: "QueryTooLong",
    500: "InternalError",
    503: "Unavailable",
    504: "TooLate",
}
"""The names that problems are described under in the OpenAPI document, by status."""

_log = logging.getLogger(__name__)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None
    """The parameter that is wrong, when one is."""
    missing: Mapping[str, str] = {}
    """Why each service that is away cannot answer, by name."""


Reader = Request[Any, Any, Any]


def problem(
    request: Reader,
    status: int,
    detail: str,
    *,
    parameter: str | None = None,
    missing: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """An answer that tells what went wrong."""
    kind = KINDS.get(status)
    body = msgspec.json.encode(
        Problem(
            type=f"/openapi.json#/components/responses/{kind}" if kind else "about:blank",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            parameter=parameter,
            missing=missing or {},
        )
    )
    return Response(
        content=b"" if request.method == HttpMethod.HEAD else body,
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={
            "content-length": str(len(body)),
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
            **({"retry-after": RETRY_AFTER} if status == 503 else {}),
            **(headers or {}),
        },
    )


def _bad_input(request: Reader, error: BadInput) -> Response[bytes]:
    return problem(request, 400, str(error), parameter=error.field)


def _not_found(request: Reader, error: NotFound) -> Response[bytes]:
    return problem(request, 404, str(error))


def _query_too_long(request: Reader, error: QueryTooLong) -> Response[bytes]:
    return problem(request, 414, str(error))


def _unavailable(request: Reader, error: Exception) -> Response[bytes]:
    return problem(request, 503, str(error))


def _too_late(request: Reader, error: TooLate) -> Response[bytes]:
    return problem(request, 504, str(error))


def _http(request: Reader, error: HTTPException) -> Response[bytes]:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == 404:
        detail = "there is nothing at this path; /openapi.json lists what there is"
    elif error.status_code == 405:
        detail = f"the methods of this path are {headers.get('allow', 'others')}"
    elif error.status_code >= 500:
        return _unexpected(request, error)
    else:
        detail = error.detail
    return problem(request, error.status_code, detail, headers=headers)


def _unexpected(request: Reader, error: Exception) -> Response[bytes]:
    _log.error("%s %r failed", request.method, request.url.path, exc_info=error)
    return problem(request, 500, "something went wrong here; the log of the frontend says what")


HANDLERS: ExceptionHandlersMap = {
    BadInput: _bad_input,
    NotFound: _not_found,
    QueryTooLong: _query_too_long,
    Unavailable: _unavailable,
    Overloaded: _unavailable,
    TooLate: _too_late,
    HTTPException: _http,
    Exception: _unexpected,
}
"""For `Litestar(exception_handlers=…)`."""
