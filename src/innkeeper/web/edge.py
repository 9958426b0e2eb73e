"""What a request at the edge has around it: a place to be worked on, its deadline, its count."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from time import perf_counter
from typing import Final

from innkeeper.metrics import Metrics
from innkeeper.rpc import deadline
from innkeeper.web.server import Application, Message, Receive, Scope, Send

MOST_REQUESTS: Final = 2048
"""Requests worked on at once. More than these would only wait until their deadlines have passed."""
MOST_IN_TURN: Final = 32
"""Requests begun in one pass of the event loop. Where services share the process, passes could else
last for a second, in which nobody else is heard: no new client, and no call that ends."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
# Whoever asks whether the process lives has to hear it most when there is much to do.
_ALWAYS: Final = frozenset({"/healthz", "/readyz"})
_REFUSAL: Final = (
    b'{"type":"about:blank","title":"Service Unavailable","status":503,'
    b'"detail":"too many requests are being worked on; try again in a moment"}'
)


class EdgeMiddleware:
    """Gives each request a deadline, which the calls made for it inherit, and counts it.

    Beyond a number of requests under way it refuses further ones at once, with 503 and
    `Retry-After`, so that those are served.
    """

    def __init__(
        self,
        application: Application,
        *,
        role: str,
        metrics: Metrics,
        deadline: float,
        most_requests: int = MOST_REQUESTS,
    ) -> None:
        """`deadline` in seconds."""
        self._application = application
        self._role = role
        self._metrics = metrics
        self._deadline = deadline
        self._most_requests = most_requests
        self.under_way = 0
        """Requests that are being worked on."""
        self._begun = 0
        """In this pass of the loop."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        """Requests that are to begin in one of the next."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started = perf_counter()
        status = 500

        def observe(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        always = scope["path"] in _ALWAYS
        full = self.under_way >= self._most_requests and not always
        self.under_way += 1
        try:
            if full:
                await _refuse(observe)
            else:
                with deadline.within(self._deadline):
                    if not always:
                        if self._begun < MOST_IN_TURN:
                            self._begin()
                        else:
                            await self._turn()
                    await self._application(scope, receive, observe)
        finally:
            self.under_way -= 1
            # What a caller invents, a path or a method, must not become a series of its own.
            route = scope["path"] if status not in (404, 405) else "unknown"
            method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
            self._metrics.http_request(self._role, method, route, status, perf_counter() - started)

    def _begin(self) -> None:
        """Count a request of this pass of the loop."""
        if not self._begun:
            asyncio.get_running_loop().call_soon(self._next_turn)
        self._begun += 1

    async def _turn(self) -> None:
        """Wait for a pass that has room, behind those who came before."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _next_turn(self) -> None:
        self._begun = 0
        while self._waiting and self._begun < MOST_IN_TURN:
            turn = self._waiting.popleft()
            # Whoever gave up meanwhile takes nobody's turn.
            if not turn.done():
                turn.set_result(None)
                self._begin()


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(_REFUSAL)).encode()),
        (b"retry-after", b"1"),
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSAL})
