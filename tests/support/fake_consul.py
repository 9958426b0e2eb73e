"""A registry for unit tests: as much of Consul's HTTP API as the client asks for, and faults."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any

from aiohttp import web

from innkeeper.settings import RegistrySettings

Fault = Callable[[web.Request], web.StreamResponse | None]


class FakeConsul:
    """An agent in this loop. It runs no checks: a test says what passes.

    Listens between `start` and `stop` (or as an async context manager) and comes back at the same
    port. `forget` empties it as a restart without memory does.
    """

    def __init__(self) -> None:
        self.port = 0
        self.index = 10
        self.services: dict[str, dict[str, Any]] = {}
        self.critical: set[str] = set()
        self.leader = "127.0.0.1:8300"
        self.requests: list[web.Request] = []
        self.fault: Fault | None = None
        """Asked before each request is served; what it answers goes out instead."""
        self._held: dict[str, asyncio.Event] = {}
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **changes: Any) -> RegistrySettings:
        """The settings of a client of this agent."""
        return RegistrySettings(url=self.url, **changes)

    def asked(self, prefix: str) -> int:
        """How many requests began with this path."""
        return sum(request.path.startswith(prefix) for request in self.requests)

    async def __aenter__(self) -> "FakeConsul":
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen: at a free port the first time, at the same one later."""
        app = web.Application(middlewares=[self._intercept])
        app.add_routes(
            [
                web.get("/v1/status/leader", self._leader),
                web.put("/v1/agent/service/register", self._register),
                web.put("/v1/agent/service/deregister/{id}", self._deregister),
                web.get("/v1/agent/service/{id}", self._service),
                web.get("/v1/health/service/{name}", self._health),
            ]
        )
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and break all connections."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    def forget(self) -> None:
        """Lose all memory; counting begins anew."""
        self.services.clear()
        self.critical.clear()
        self.index = 1

    def hold(self, prefix: str = "/") -> asyncio.Event:
        """Take requests whose path begins so, and serve them only once the event is set."""
        return self._held.setdefault(prefix, asyncio.Event())

    async def put(self, name: str, number: int, *, passing: bool = True, **fields: Any) -> None:
        """Enter or change an instance, `geo-1` at 127.0.0.1:9001 for `geo` and 1."""
        self.services[f"{name}-{number}"] = {
            "ID": f"{name}-{number}",
            "Name": name,
            "Address": "127.0.0.1",
            "Port": 9000 + number,
            "Tags": [],
            "Meta": {},
        } | fields
        (self.critical.discard if passing else self.critical.add)(f"{name}-{number}")
        await self.change()

    async def remove(self, *ids: str) -> None:
        """Take instances away, in one change."""
        for instance_id in ids:
            del self.services[instance_id]
        await self.change()

    async def change(self, *, index: int | None = None) -> None:
        """Wake blocking queries, with the next index or the given one."""
        async with self._changed:
            self.index = self.index + 1 if index is None else index
            self._changed.notify_all()

    @web.middleware
    async def _intercept(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        self.requests.append(request)
        for prefix, release in self._held.items():
            if request.path.startswith(prefix):
                await release.wait()
        if self.fault is not None and (response := self.fault(request)) is not None:
            return response
        response = await handler(request)
        assert isinstance(response, web.StreamResponse)
        return response

    async def _leader(self, request: web.Request) -> web.Response:
        return web.json_response(self.leader)

    async def _register(self, request: web.Request) -> web.Response:
        definition = await request.json()
        self.services[definition["ID"]] = definition
        await self.change()
        return web.Response()

    async def _deregister(self, request: web.Request) -> web.Response:
        if self.services.pop(request.match_info["id"], None) is None:
            return web.Response(status=404, text="Unknown service ID")
        self.critical.discard(request.match_info["id"])
        await self.change()
        return web.Response()

    async def _service(self, request: web.Request) -> web.Response:
        instance_id = request.match_info["id"]

        def current() -> str | None:
            entry = self.services.get(instance_id)
            if entry is None:
                return None
            return hashlib.sha1(json.dumps(entry, sort_keys=True).encode()).hexdigest()[:16]

        known = request.query.get("hash")
        if known:
            await self._block(request, lambda: current() != known)
        if (content_hash := current()) is None:
            return web.Response(status=404, text=f"unknown service ID: {instance_id}")
        entry = self.services[instance_id]
        return web.json_response(
            {
                "ID": instance_id,
                "Service": entry["Name"],
                "Address": entry["Address"],
                "Port": entry["Port"],
                "ContentHash": content_hash,
            }
        )

    async def _health(self, request: web.Request) -> web.Response:
        known = int(request.query.get("index", "0"))
        if known:
            await self._block(request, lambda: self.index > known)
        entries = [
            {
                "Node": {"Address": "10.0.0.9"},
                "Service": {**entry, "Service": entry["Name"]},
                "Checks": [],
            }
            for instance_id, entry in self.services.items()
            if entry["Name"] == request.match_info["name"] and instance_id not in self.critical
        ]
        return web.json_response(entries, headers={"X-Consul-Index": str(self.index)})

    async def _block(self, request: web.Request, ready: Callable[[], bool]) -> None:
        wait = float(request.query["wait"].removesuffix("ms")) / 1000
        try:
            async with asyncio.timeout(wait), self._changed:
                await self._changed.wait_for(ready)
        except TimeoutError:
            pass


def answers(status: int, text: str = "", path: str = "/") -> Fault:
    """A fault: this answer to every request that begins with the path."""
    return lambda request: (
        web.Response(status=status, text=text) if request.path.startswith(path) else None
    )
