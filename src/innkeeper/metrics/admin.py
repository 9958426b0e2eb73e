"""The admin listener of a process: what Prometheus scrapes and what probes ask."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from innkeeper.metrics.metrics import Metrics

if TYPE_CHECKING:
    from aiohttp import web

Readiness = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Says of each thing that is needed why it is missing, None when it is there."""


class AdminListener:
    """Serves `/metrics`, `/healthz` and `/readyz` while it is entered."""

    def __init__(
        self,
        metrics: Metrics,
        ready: Readiness,
        bind: str = "127.0.0.1",
        port: int = 0,
        *,
        patience: float = 2.0,
    ) -> None:
        """Port 0 takes any free one. Readiness that takes longer than `patience` seconds is
        reported as not ready."""
        self._metrics = metrics
        self._ready = ready
        self._bind = bind
        self._port = port
        self._patience = patience
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Base URL, without a trailing slash."""
        if self._runner is None:
            raise RuntimeError("the admin listener is not entered")
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        # Late: few processes that count something also serve HTTP with aiohttp.
        from aiohttp import web

        application = web.Application()
        application.router.add_get("/metrics", self._serve_metrics)
        application.router.add_get("/healthz", self._serve_health)
        application.router.add_get("/readyz", self._serve_readiness)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._bind, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve_metrics(self, _: "web.Request") -> "web.Response":
        from aiohttp import web

        return web.Response(
            body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    async def _serve_health(self, _: "web.Request") -> "web.Response":
        return _json(200, {"status": "ok"})

    async def _serve_readiness(self, _: "web.Request") -> "web.Response":
        try:
            async with asyncio.timeout(self._patience):
                needed = dict(await self._ready())
        except TimeoutError:
            needed = {"readiness": f"not known after {self._patience:g} s"}
        except Exception as error:
            needed = {"readiness": f"cannot be told: {error}"}
        missing = {name: reason for name, reason in needed.items() if reason is not None}
        if missing:
            return _json(503, {"status": "not ready", "missing": missing})
        return _json(200, {"status": "ready", "needs": sorted(needed)})


def _json(status: int, body: Mapping[str, object]) -> "web.Response":
    from aiohttp import web

    return web.Response(
        status=status,
        text=json.dumps(body) + "\n",
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
