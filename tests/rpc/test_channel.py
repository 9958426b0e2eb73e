"""Calls over a balanced channel while endpoints fail, stop and come."""

import asyncio
from typing import Any

import pytest
from grpc import ChannelConnectivity, StatusCode
from grpc.aio import AioRpcError

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse
from innkeeper.rpc import RetryBudget, RetryPolicy
from innkeeper.rpc.retry import read_only
from tests.rpc.conftest import Bench, ScriptedGeo, stub
from tests.support.slow_door import slow_door

AT_ONCE = RetryPolicy(pause=0)


async def names(channel: Any, number: int) -> list[str]:
    """Who answers `number` calls, one after the other."""
    geo = stub(channel)
    return [(await geo.Nearby(NearbyRequest())).places.hotel_ids[0] for _ in range(number)]


async def test_half_each(bench: Bench) -> None:
    """Two instances get half of the calls each."""
    servers = [await bench.serve(ScriptedGeo(name)) for name in ("geo-1", "geo-2")]
    channel = bench.channel(*(server.port for server in servers))
    while any(not endpoint.ready for endpoint in channel.balancer.endpoints):
        await channel.balancer.wait_changed()
    answers = await names(channel, 20)
    assert answers.count("geo-1") == answers.count("geo-2") == 10


async def test_no_instance(bench: Bench) -> None:
    """A service without instances is unavailable at once."""
    channel = bench.channel()
    channel.balancer.update(set())
    with pytest.raises(errors.Unavailable, match="no instance of geo"):
        await names(channel, 1)


async def test_slow_connection(bench: Bench) -> None:
    """A server that is slow to take a connection, as on a busy machine, is waited for."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    async with slow_door(server.port, 0.3) as port:
        channel = bench.channel(port, policy=RetryPolicy(attempts=1))
        assert await names(channel, 1) == ["geo-1"]
        await channel.close()


async def test_silent_registry(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the registry has not answered, a call waits a moment and then says what is missing."""
    monkeypatch.setattr("innkeeper.rpc.channel.FIRST_ANSWER", 0.01)
    with pytest.raises(errors.Unavailable, match="registry"):
        await names(bench.channel(), 1)


async def test_waits_for_the_first_answer(bench: Bench) -> None:
    """A call made before the registry's first answer is carried out when that comes."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    channel = bench.channel()
    asking = asyncio.create_task(names(channel, 1))
    await asyncio.sleep(0)
    channel.balancer.update({f"127.0.0.1:{server.port}"})
    assert await asking == ["geo-1"]


async def test_wait_for_ready(bench: Bench) -> None:
    """A call that waits for readiness outlasts a time without instances."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    channel = bench.channel()
    channel.balancer.update(set())
    call = stub(channel).Nearby(NearbyRequest(), wait_for_ready=True, timeout=30)
    await asyncio.sleep(0)
    channel.balancer.update({f"127.0.0.1:{server.port}"})
    assert (await call).places.hotel_ids[0] == "geo-1"


async def test_dead_instance(bench: Bench) -> None:
    """An instance that cannot be reached costs no call while there is another."""
    gone = bench.make_server(ScriptedGeo("geo-1"))
    async with gone:
        dead = gone.port
    alive = await bench.serve(ScriptedGeo("geo-2"))
    channel = bench.channel(dead, alive.port)
    assert await names(channel, 10) == ["geo-2"] * 10


async def test_stopping_server(bench: Bench) -> None:
    """A read-only call that a stopping server gives up is made elsewhere."""
    hanging, other = ScriptedGeo("geo-1"), ScriptedGeo("geo-2")
    hanging.behaviour = hanging.hang
    server = bench.make_server(hanging)
    await server.__aenter__()
    channel = bench.channel(server.port, policy=AT_ONCE)
    asking = asyncio.create_task(names(channel, 1))
    async with asyncio.timeout(5):
        await hanging.started.wait()
    successor = await bench.serve(other)
    channel.balancer.update({f"127.0.0.1:{port}" for port in (server.port, successor.port)})
    await server.__aexit__(None, None, None)
    assert await asking == ["geo-2"]


async def test_leaving_endpoint_finishes(bench: Bench) -> None:
    """A call under way on an endpoint that leaves the registry goes on to its end."""
    geo = ScriptedGeo("geo-1")
    may_end = asyncio.Event()

    async def wait(request: NearbyRequest, context: Any) -> NearbyResponse:
        await may_end.wait()
        return await geo.answer(request, context)

    geo.behaviour = wait
    server = await bench.serve(geo)
    channel = bench.channel(server.port)
    asking = asyncio.create_task(names(channel, 1))
    async with asyncio.timeout(5):
        await geo.started.wait()
    channel.balancer.update(set())
    may_end.set()
    assert await asking == ["geo-1"]


async def failing(bench: Bench, error: errors.Error) -> tuple[ScriptedGeo, int]:
    """A service that fails every call, and its port."""
    geo = ScriptedGeo("geo-1")

    async def fail(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise error

    geo.behaviour = fail
    return geo, (await bench.serve(geo)).port


async def test_retries_unavailable(bench: Bench) -> None:
    """A read-only call that finds the service unavailable is made as often as the policy says."""
    geo, port = await failing(bench, errors.Unavailable("later"))
    channel = bench.channel(port, policy=AT_ONCE)
    with pytest.raises(errors.Unavailable):
        await names(channel, 1)
    assert geo.calls == AT_ONCE.attempts


async def test_retries_nothing_else(bench: Bench) -> None:
    """A call that was answered with any other error is not made again."""
    geo, port = await failing(bench, errors.NotFound("no"))
    with pytest.raises(errors.NotFound):
        await names(bench.channel(port, policy=AT_ONCE), 1)
    assert geo.calls == 1


async def test_retries_only_read_only_methods(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method that does not say NO_SIDE_EFFECTS is called once."""
    monkeypatch.setattr("innkeeper.rpc.channel.read_only", lambda path: False)
    geo, port = await failing(bench, errors.Unavailable("later"))
    with pytest.raises(errors.Unavailable):
        await names(bench.channel(port, policy=AT_ONCE), 1)
    assert geo.calls == 1


async def test_retry_budget(bench: Bench) -> None:
    """Callers of a service that keeps failing soon stop asking it more than once a call."""
    geo, port = await failing(bench, errors.Unavailable("later"))
    channel = bench.channel(port, policy=AT_ONCE, budget=RetryBudget(size=10))
    for _ in range(20):
        with pytest.raises(errors.Unavailable):
            await names(channel, 1)
    assert geo.calls <= 20 + 5


async def test_relayed_failure_is_not_retried(bench: Bench) -> None:
    """Only the nearest caller retries: what a service passes on is not asked for again."""
    far, far_port = await failing(bench, errors.Unavailable("later"))
    inner = stub(bench.channel(far_port, policy=AT_ONCE))
    near = ScriptedGeo("near")

    async def relay(request: NearbyRequest, context: Any) -> NearbyResponse:
        return await inner.Nearby(request)  # type: ignore[no-any-return]

    near.behaviour = relay
    server = await bench.serve(near)
    with pytest.raises(errors.Unavailable, match="later"):
        await names(bench.channel(server.port, policy=AT_ONCE), 1)
    assert near.calls == 1
    assert far.calls == AT_ONCE.attempts


async def test_retries_end_with_the_deadline(bench: Bench) -> None:
    """No pause between attempts outlasts the deadline: the last error is told instead."""
    _, port = await failing(bench, errors.Unavailable("later"))
    channel = bench.channel(port, policy=RetryPolicy(pause=60))
    with pytest.raises(errors.Unavailable, match="later"):
        await stub(channel).Nearby(NearbyRequest(), timeout=30)


async def test_channel_state(bench: Bench) -> None:
    """A balanced channel is ready when an endpoint is."""
    server = await bench.serve(ScriptedGeo("geo-1"))
    channel = bench.channel(server.port)
    assert channel.get_state() is not ChannelConnectivity.READY
    async with asyncio.timeout(10):
        await channel.channel_ready()
    assert channel.get_state() is ChannelConnectivity.READY


async def test_close_with_grace(bench: Bench) -> None:
    """Closing with grace lets the calls under way finish."""
    geo = ScriptedGeo("geo-1")
    may_end = asyncio.Event()

    async def wait(request: NearbyRequest, context: Any) -> NearbyResponse:
        await may_end.wait()
        return await geo.answer(request, context)

    geo.behaviour = wait
    channel = bench.channel((await bench.serve(geo)).port)
    asking = asyncio.create_task(names(channel, 1))
    async with asyncio.timeout(5):
        await geo.started.wait()
    closing = asyncio.create_task(channel.close(30))
    may_end.set()
    assert await asking == ["geo-1"]
    await closing


async def test_unknown_method(bench: Bench) -> None:
    """A method that the server does not offer ends as UNIMPLEMENTED."""
    channel = bench.channel((await bench.serve(ScriptedGeo("geo-1"))).port)
    method = channel.unary_unary("/innkeeper.geo.v1.Geo/Move", NearbyRequest.SerializeToString)
    with pytest.raises(AioRpcError) as caught:
        await method(NearbyRequest())
    assert caught.value.code() is StatusCode.UNIMPLEMENTED


def test_read_only_by_option() -> None:
    """Whether a method is read-only is what its proto says; an unknown one is not."""
    assert read_only("/innkeeper.geo.v1.Geo/Nearby")
    assert not read_only("/innkeeper.geo.v1.Geo/Move")
    assert not read_only("/grpc.health.v1.Health/Watch")
