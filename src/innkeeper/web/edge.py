"""What every request at the edge has around it: its deadline and its place in the metrics."""

from time import perf_counter

from innkeeper.metrics import Metrics
from innkeeper.rpc import deadline
from innkeeper.web.server import Application, Message, Receive, Scope, Send


class EdgeMiddleware:
    """Gives each request a deadline, which the calls made for it inherit, and counts it."""

    def __init__(
        self, application: Application, *, role: str, metrics: Metrics, deadline: float
    ) -> None:
        """`deadline` in seconds."""
        self._application = application
        self._role = role
        self._metrics = metrics
        self._deadline = deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started = perf_counter()
        status = 500

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with deadline.within(self._deadline):
                await self._application(scope, receive, observe)
        finally:
            # A path that nobody offers is a caller's invention and would be a series of its own.
            route = scope["path"] if status not in (404, 405) else "unknown"
            self._metrics.http_request(
                self._role, scope["method"], route, status, perf_counter() - started
            )
