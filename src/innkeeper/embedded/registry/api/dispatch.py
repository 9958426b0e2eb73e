"""The one handler behind the listener: finds the endpoint, and words what goes wrong."""

import asyncio
import logging
from urllib.parse import quote

from aiohttp import web

from innkeeper.embedded.registry.api.call import Call, plain_answer
from innkeeper.embedded.registry.api.routes import Routes
from innkeeper.embedded.registry.errors import ApiError, NotOffered

NOT_OFFERED = (
    "/v1/acl/",
    "/v1/agent/connect/",
    "/v1/agent/force-leave/",
    "/v1/agent/host",
    "/v1/agent/join/",
    "/v1/agent/leave",
    "/v1/agent/metrics",
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
    """Serves the API below /v1/."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

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
        answer.headers["X-Consul-Default-ACL-Policy"] = "allow"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        found = self._routes.find(path)
        if found is None:
            return self._nothing_at(path)
        route, rest = found
        if request.method == "OPTIONS":
            return web.Response(
                headers={"Allow": ",".join(("OPTIONS", *route.methods))},
                content_type="application/json",
            )
        if request.method not in route.methods:
            answer = plain_answer(f"method {request.method} not allowed", 405)
            answer.headers["Allow"] = ",".join(("OPTIONS", *route.methods))
            return answer
        return await route.handler(Call(request, rest))

    def _nothing_at(self, path: str) -> web.StreamResponse:
        if self._routes.needs_slash(path):
            raise web.HTTPTemporaryRedirect(quote(path) + "/")
        if path.startswith(NOT_OFFERED):
            raise NotOffered(f"{path} is")
        return plain_answer("Invalid URL path: not a recognized HTTP API endpoint\n", 404)
