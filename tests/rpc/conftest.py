"""Servers and channels over sockets of this machine, and a service that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from grpc.aio import Channel

from innkeeper.metrics import Metrics
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse, Places
from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoServicer, GeoStub, add_GeoServicer_to_server
from innkeeper.rpc import BalancedChannel, Balancer, Caller, LocalChannel, Server
from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing

Behaviour = Callable[[NearbyRequest, Any], Awaitable[NearbyResponse]]


class ScriptedGeo(GeoServicer):
    """Answers with its own name, or does what its `behaviour` says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.cancelled = asyncio.Event()
        self.started = asyncio.Event()
        self.behaviour: Behaviour = self.answer

    async def Nearby(self, request: NearbyRequest, context: Any) -> NearbyResponse:
        self.calls += 1
        self.started.set()
        return await self.behaviour(request, context)

    async def answer(self, request: NearbyRequest, context: Any) -> NearbyResponse:
        return NearbyResponse(places=Places(hotel_ids=[self.name]))

    async def hang(self, request: NearbyRequest, context: Any) -> NearbyResponse:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError


class Bench:
    """Makes servers and channels, and takes them down at the end of a test."""

    def __init__(self, stack: AsyncExitStack, tracing: Tracing) -> None:
        self._stack = stack
        self.tracing = tracing
        self.metrics = Metrics()
        self.servers: list[Server] = []
        """Those that were started, in order."""

    def caller(self, role: str = "search") -> Caller:
        return Caller(role, self.tracing.tracer(role, f"{role}-1"), self.metrics)

    def make_server(self, geo: ScriptedGeo, port: int = 0, **options: Any) -> Server:
        tracer = self.tracing.tracer("geo", geo.name)
        server = Server("geo", tracer, self.metrics, port=port, linger=0, grace=0.2, **options)
        server.add(add_GeoServicer_to_server, geo)
        return server

    async def serve(self, geo: ScriptedGeo, port: int = 0, **options: Any) -> Server:
        server = await self._stack.enter_async_context(self.make_server(geo, port, **options))
        self.servers.append(server)
        return server

    def channel(self, *ports: int, **options: Any) -> BalancedChannel:
        balancer = Balancer("geo", first=lambda _: 0)
        channel = BalancedChannel(balancer, self.caller(), **options)
        self._stack.push_async_callback(channel.close)
        if ports:
            balancer.update({f"127.0.0.1:{port}" for port in ports})
        return channel

    def local(self, server: Server) -> LocalChannel:
        return LocalChannel(server, self.caller())


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        tracing = await stack.enter_async_context(Tracing(TracingSettings(disabled=True)))
        yield Bench(stack, tracing)


@pytest.fixture(params=["plain", "stream", "local"])
async def path(request: pytest.FixtureRequest, bench: Bench) -> tuple[Channel, ScriptedGeo]:
    """A channel to a service over each of the ways that a call can take, and the service."""
    geo = ScriptedGeo("geo-1")
    server = await bench.serve(geo)
    match request.param:
        case "plain":
            return bench.channel(server.port, batching=False), geo
        case "stream":
            return bench.channel(server.port), geo
        case _:
            return bench.local(server), geo


def stub(channel: Channel) -> Any:
    """A generated stub on any channel."""
    return GeoStub(channel)
