"""Tells whoever wants to know how long each request took, and what it was answered."""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web

Observe = Callable[[str, str, int, float], None]
"""Takes the method, the route as a template, the status and the seconds of a request."""

ROUTE = web.RequestKey("route", str)
"""What the request asks for, set by a handler that finds that out for itself."""

UNKNOWN = "unknown"
"""The route of all that leads nowhere: a path that somebody made up is no series of its own."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def watch(application: web.Application, observe: Observe) -> None:
    """Tell of each request, outside of all other middlewares.

    The seconds end before the answer is sent. Left out are files, and requests that their sender
    or the end of the server broke off.
    """

    @web.middleware
    async def watched(request: web.Request, handler: _Handler) -> web.StreamResponse:
        started = time.perf_counter()
        status = None
        try:
            answer = await handler(request)
            # Whether there is such a file comes out when it is sent.
            if not isinstance(answer, web.FileResponse):
                status = answer.status
            return answer
        except web.HTTPException as error:
            status = error.status
            raise
        except ConnectionError:
            raise
        except Exception:
            status = 500
            raise
        finally:
            if status is not None:
                observe(request.method, _route(request), status, time.perf_counter() - started)

    application.middlewares.insert(0, watched)


def _route(request: web.Request) -> str:
    try:
        return request[ROUTE]
    except KeyError:
        resource = request.match_info.route.resource
        return resource.canonical if resource is not None else UNKNOWN


def unobserved(method: str, route: str, status: int, seconds: float) -> None:
    """For a server that nobody asks how it does."""
