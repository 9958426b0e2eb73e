"""`/healthz` and `/readyz`, for those who watch over processes. Neither makes a business call."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from litestar import Request, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from innkeeper.hotels.frontend.clients import Readiness
from innkeeper.hotels.frontend.problems import problem
from innkeeper.hotels.frontend.reply import READ, reply

_MEDIA_TYPE = "application/json"
_HEADERS = {"cache-control": "no-store"}


class Alive(msgspec.Struct, frozen=True):
    """The process lives."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct, frozen=True):
    """Every service that the frontend needs can answer."""

    services: list[str]
    status: Literal["ready"] = "ready"


def create_health_routes(readiness: Readiness) -> Sequence[HTTPRouteHandler]:
    """The handlers of `/healthz` and `/readyz`."""
    alive = msgspec.json.encode(Alive())

    @route("/healthz", http_method=READ, name="healthz", sync_to_thread=False)
    def healthz(request: Request[Any, Any, Any]) -> ASGIResponse:
        return reply(request, alive, _MEDIA_TYPE, headers=_HEADERS)

    @route("/readyz", http_method=READ, name="readyz")
    async def readyz(request: Request[Any, Any, Any]) -> ASGIResponse:
        services = await readiness()
        missing = {name: reason for name, reason in services.items() if reason is not None}
        if missing:
            detail = "; ".join(f"{name}: {reason}" for name, reason in missing.items())
            answer = problem(request, 503, detail, missing=missing)
            return answer.to_asgi_response(app=None, request=request)
        body = msgspec.json.encode(Ready(services=sorted(services)))
        return reply(request, body, _MEDIA_TYPE, headers=_HEADERS)

    return [healthz, readyz]
