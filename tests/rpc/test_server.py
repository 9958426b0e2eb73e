"""What a server offers to plain gRPC clients, and how it ends."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse
from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoServicer, GeoStub, add_GeoServicer_to_server
from tests.rpc.conftest import Bench, ScriptedGeo, stub

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def test_plain_client(bench: Bench) -> None:
    """A plain grpcio client calls the service."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        response = await GeoStub(channel).Nearby(NearbyRequest())
    assert response.places.hotel_ids[0] == "geo-1"


@pytest.mark.parametrize("service", ["", "innkeeper.geo.v1.Geo"])
async def test_health(bench: Bench, service: str) -> None:
    """The health service answers for the server and for each service by name."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health = health_pb2_grpc.HealthStub(channel)
        answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
    assert answer.status == SERVING


async def test_reflection(bench: Bench) -> None:
    """Reflection lists the services, so that grpcurl works without the protos."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = reflection.ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        )
        answer = await call.read()
    names = {service.name for service in answer.list_services_response.service}
    assert names == {
        "innkeeper.geo.v1.Geo",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
        "innkeeper.rpc.v1.Calls",
    }


async def test_drain(bench: Bench) -> None:
    """A draining server says NOT_SERVING, and still answers those who have not heard yet."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    async with aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        await server.drain()
        health = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == NOT_SERVING
        assert await GeoStub(channel).Nearby(NearbyRequest())


async def test_stop_lets_calls_finish(bench: Bench) -> None:
    """A call under way when the server stops gets its answer within the grace."""
    geo = ScriptedGeo("geo-1")
    may_end = asyncio.Event()

    async def wait(request, context):  # type: ignore[no-untyped-def]
        may_end.set()
        await asyncio.sleep(0.05)
        return await geo.answer(request, context)

    geo.behaviour = wait
    server = bench.make_server(geo)
    await server.__aenter__()
    channel = bench.channel(server.port)
    call = stub(channel).Nearby(NearbyRequest())
    async with asyncio.timeout(5):
        await may_end.wait()
    await server.__aexit__(None, None, None)
    assert (await call).places.hotel_ids[0] == "geo-1"


async def test_busy_port(bench: Bench) -> None:
    """A port that another server holds is refused by number, not shared."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    with pytest.raises(OSError, match=str(server.port)):
        await bench.make_server(ScriptedGeo("geo-2"), server.port).__aenter__()


async def test_synchronous_methods_run(bench: Bench) -> None:
    """A method that is no coroutine is left to grpc as it is."""

    class Blocking(GeoServicer):
        def Nearby(self, request, context):  # type: ignore[no-untyped-def]
            context.abort(grpc.StatusCode.NOT_FOUND, "sync")

    server = bench.make_server(ScriptedGeo("unused"))
    assert list(server.handlers) == ["/innkeeper.geo.v1.Geo/Nearby"]
    server.handlers.clear()
    server.add(add_GeoServicer_to_server, Blocking())
    assert not server.handlers


@pytest.mark.parametrize("batching", [True, False])
async def test_overload(bench: Bench, batching: bool) -> None:
    """Calls beyond the limit are refused at once; those under way are answered."""
    geo = ScriptedGeo("geo-1")
    may_end = asyncio.Event()

    async def wait(request: NearbyRequest, context: Any) -> NearbyResponse:
        await may_end.wait()
        return await geo.answer(request, context)

    geo.behaviour = wait
    server = await bench.serve(geo, most_calls=3)
    channel = bench.channel(server.port, batching=batching)
    calls = [stub(channel).Nearby(NearbyRequest()) for _ in range(10)]
    async with asyncio.timeout(10):
        ended = asyncio.as_completed([call.code() for call in calls])
        for code in [await next(ended) for _ in range(7)]:
            assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        may_end.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(outcome, errors.Overloaded) for outcome in outcomes) == 7
        # And what was refused then is served now.
        assert await stub(channel).Nearby(NearbyRequest())
