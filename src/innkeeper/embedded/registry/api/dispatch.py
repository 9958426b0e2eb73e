"""The one handler behind the listener: finds the endpoint, and words what goes wrong."""

import asyncio
import logging
import time
from html import escape
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from innkeeper.embedded.observing import ROUTE, UNKNOWN
from innkeeper.embedded.registry.api.call import Call, plain_answer
from innkeeper.embedded.registry.api.query_values import refuse_unoffered
from innkeeper.embedded.registry.api.routes import Route, Routes
from innkeeper.embedded.registry.api.timings import Timings
from innkeeper.embedded.registry.errors import ApiError, NotOffered

NOT_OFFERED = (
    "/v1/acl/",
    "/v1/agent/connect/",
    "/v1/agent/force-leave/",
    "/v1/agent/host",
    "/v1/agent/join/",
    "/v1/agent/leave",
    "/v1/agent/monitor",
    "/v1/agent/reload",
    "/v1/agent/token/",
    "/v1/catalog/connect/",
    "/v1/catalog/gateway-services/",
    "/v1/config",
    "/v1/connect/",
    "/v1/coordinate/",
    "/v1/discovery-chain/",
    "/v1/event/",
    "/v1/exported-services",
    "/v1/health/connect/",
    "/v1/health/ingress/",
    "/v1/internal/",
    "/v1/operator/",
    "/v1/peering",
    "/v1/query",
    "/v1/session/",
    "/v1/snapshot",
    "/v1/txn",
)
"""Beginnings of the paths that Consul has and this registry does not."""

_log = logging.getLogger(__name__)


class Dispatch:
    """Serves the API."""

    def __init__(self, routes: Routes, timings: Timings) -> None:
        self._routes = routes
        self._timings = timings

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            answer = await self._answer(request)
        except ApiError as error:
            answer = plain_answer(error.text, error.status)
        except web.HTTPRequestEntityTooLarge:
            limit = request.client_max_size
            answer = plain_answer(f"Request body too large, max size: {limit} bytes.", 413)
        except (asyncio.CancelledError, web.HTTPException, ConnectionError):
            raise
        except Exception:
            _log.exception("%s %s failed", request.method, request.path)
            answer = plain_answer("An unexpected error occurred", 500)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        found = self._routes.find(path)
        if found is None:
            request[ROUTE] = UNKNOWN
            return self._nothing_at(request, path)
        route, rest = found
        request[ROUTE] = _observed_as(request, route)
        started = time.perf_counter()
        try:
            answer = await _served(request, route, rest)
        finally:
            if request.method in route.methods:
                self._timings.note((request.method, route.path), time.perf_counter() - started)
        answer.headers["X-Consul-Default-ACL-Policy"] = "allow"
        return answer

    def _nothing_at(self, request: web.Request, path: str) -> web.StreamResponse:
        if self._routes.needs_slash(path):
            query = f"?{request.query_string}" if request.query_string else ""
            return redirect(307, f"{quote(path)}/{query}")
        if path.startswith(NOT_OFFERED):
            raise NotOffered(f"{path} is")
        if "/v1/" in path:
            raise ApiError(404, "Invalid URL path: not a recognized HTTP API endpoint\n")
        raise ApiError(
            404,
            "Invalid URL path: if attempting to use the HTTP API,"
            " ensure the path starts with '/v1/'\n",
        )


def _observed_as(request: web.Request, route: Route) -> str:
    """The template; with the parameter, for a call that may wait on purpose as long as it asked."""
    if request.method == "GET":
        if "index" in request.query:
            return f"{route.template}?index"
        if "hash" in request.query:
            return f"{route.template}?hash"
    return route.template


async def _served(request: web.Request, route: Route, rest: str) -> web.StreamResponse:
    allow = ",".join(("OPTIONS", *route.methods))
    if request.method == "OPTIONS":
        return web.Response(headers={"Allow": allow}, content_type="application/json")
    if request.method not in route.methods:
        answer = plain_answer(f"method {request.method} not allowed", 405)
        answer.headers["Allow"] = allow
        return answer
    call = Call(request, rest)
    try:
        refuse_unoffered(call)
        return await route.handler(call)
    except ApiError as error:
        return plain_answer(error.text, error.status)


def redirect(status: int, location: str) -> web.Response:
    """Send the caller elsewhere, in the words of Go's HTTP server."""
    return web.Response(
        status=status,
        headers={"Location": location},
        text=f'<a href="{escape(location)}">{HTTPStatus(status).phrase}</a>.\n\n',
        content_type="text/html",
    )
