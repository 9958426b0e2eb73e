"""Calls that share a stream, over a connection of this machine."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode, aio
from grpc.aio import AioRpcError

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse, Places
from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoStub, add_GeoServicer_to_server
from innkeeper.pb.rpc.v1.calls_pb2 import Answer, Batch, Call
from innkeeper.rpc.stream.client import CARRY
from tests.rpc.conftest import Bench, ScriptedGeo, stub
from tests.support.eventually import eventually

NEARBY = "/innkeeper.geo.v1.Geo/Nearby"


async def stream_of(channel: Any) -> Any:
    """The stream of a channel with one endpoint, opened by a first call."""
    await stub(channel).Nearby(NearbyRequest())
    return next(iter(channel.balancer.endpoints)).stream


async def test_calls_share_messages(bench: Bench) -> None:
    """Calls made together go in far fewer messages than there are calls."""
    channel = bench.channel((await bench.serve(ScriptedGeo("geo-1"))).port)
    stream = await stream_of(channel)
    before = stream.messages
    await asyncio.gather(*(stub(channel).Nearby(NearbyRequest()) for _ in range(100)))
    assert stream.messages - before <= 5
    assert stream.under_way == 0


async def test_lone_call_waits_for_nobody(bench: Bench) -> None:
    """Calls made one after the other go alone, each at once."""
    channel = bench.channel((await bench.serve(ScriptedGeo("geo-1"))).port)
    stream = await stream_of(channel)
    before = stream.messages
    for _ in range(5):
        await stub(channel).Nearby(NearbyRequest())
    assert stream.messages - before == 5


async def test_slow_call_holds_up_nobody(bench: Bench) -> None:
    """Answers come as they are ready: those behind a hanging call are there before it."""
    geo = ScriptedGeo("geo-1")

    async def hang_at_one(request: NearbyRequest, context: Any) -> NearbyResponse:
        return await (geo.hang if request.lat == 1 else geo.answer)(request, context)

    geo.behaviour = hang_at_one
    channel = bench.channel((await bench.serve(geo)).port)
    slow = stub(channel).Nearby(NearbyRequest(lat=1))
    async with asyncio.timeout(5):
        await asyncio.gather(*(stub(channel).Nearby(NearbyRequest()) for _ in range(20)))
    assert not slow.done()
    slow.cancel()


async def test_failed_call_fails_alone(bench: Bench) -> None:
    """Of calls in one message, each has its own status."""
    geo = ScriptedGeo("geo-1")

    async def fail_at_one(request: NearbyRequest, context: Any) -> NearbyResponse:
        if request.lat == 1:
            raise errors.NotFound("one")
        return await geo.answer(request, context)

    geo.behaviour = fail_at_one
    channel = bench.channel((await bench.serve(geo)).port)
    calls = [stub(channel).Nearby(NearbyRequest(lat=number % 2)) for number in range(10)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(outcome, errors.NotFound) for outcome in outcomes] == [False, True] * 5


async def test_answer_to_a_call_that_was_just_cancelled(bench: Bench) -> None:
    """An answer that comes in the pass of the loop in which its caller is cancelled, before that
    can say so, breaks nothing."""
    geo = ScriptedGeo("geo-1")
    channel = bench.channel((await bench.serve(geo)).port)
    stream = await stream_of(channel)
    geo.behaviour = geo.hang
    call = stub(channel).Nearby(NearbyRequest())

    async def wait() -> None:
        await call

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    stream._take(Batch(answers=[Answer(id=call.id)]))
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert stream.under_way == 0


async def test_cancelled_call_costs_the_others_nothing(bench: Bench) -> None:
    """Cancelling one of many calls cancels its handler; the others are answered."""
    geo = ScriptedGeo("geo-1")

    async def hang_at_one(request: NearbyRequest, context: Any) -> NearbyResponse:
        return await (geo.hang if request.lat == 1 else geo.answer)(request, context)

    geo.behaviour = hang_at_one
    channel = bench.channel((await bench.serve(geo)).port)
    hanging = stub(channel).Nearby(NearbyRequest(lat=1))
    others = [stub(channel).Nearby(NearbyRequest()) for _ in range(10)]
    async with asyncio.timeout(5):
        await asyncio.gather(*others)
        hanging.cancel()
        await geo.cancelled.wait()
        assert await stub(channel).Nearby(NearbyRequest())


async def test_call_cancelled_before_it_is_sent(bench: Bench) -> None:
    """A call that is cancelled while it waits for its message is not made."""
    geo = ScriptedGeo("geo-1")
    channel = bench.channel((await bench.serve(geo)).port)
    await stream_of(channel)
    call = stub(channel).Nearby(NearbyRequest())
    call.cancel()
    await stub(channel).Nearby(NearbyRequest())
    assert geo.calls == 2


async def test_server_without_streams_is_called_plainly(bench: Bench) -> None:
    """An endpoint that does not know the stream is called plainly, and not asked for it again."""
    tries = 0

    class Watching(aio.ServerInterceptor):
        async def intercept_service(self, continuation: Any, details: Any) -> Any:
            nonlocal tries
            tries += details.method == CARRY
            return await continuation(details)

    server = aio.server(interceptors=[Watching()])
    geo = ScriptedGeo("other")
    add_GeoServicer_to_server(geo, server)  # type: ignore[arg-type]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    channel = bench.channel(port)
    answers = [await stub(channel).Nearby(NearbyRequest()) for _ in range(3)]
    assert [answer.places.hotel_ids[0] for answer in answers] == ["other"] * 3
    assert tries == 1
    await channel.close()
    await server.stop(None)


async def test_stopping_server_loses_no_call(bench: Bench) -> None:
    """While one of two servers stops under load, every call is answered."""
    servers = [bench.make_server(ScriptedGeo(name)) for name in ("geo-1", "geo-2")]
    for server in servers:
        await server.__aenter__()
    channel = bench.channel(*(server.port for server in servers))
    stopping = False
    answered = 0

    async def ask() -> None:
        nonlocal answered
        after = 0
        while after < 20:
            await stub(channel).Nearby(NearbyRequest(), timeout=10)
            answered += 1
            after += stopping

    load = [asyncio.create_task(ask()) for _ in range(20)]
    await eventually(lambda: answered >= 200)
    stopping = True
    await servers[0].__aexit__(None, None, None)
    await asyncio.gather(*load)
    await channel.close()
    await servers[1].__aexit__(None, None, None)


async def test_call_on_a_leaving_server_is_answered(bench: Bench) -> None:
    """A server that leaves answers what it was sent, and its callers turn elsewhere at once."""
    geo = ScriptedGeo("geo-1")
    may_end = asyncio.Event()

    async def wait(request: NearbyRequest, context: Any) -> NearbyResponse:
        await may_end.wait()
        return NearbyResponse(places=Places(hotel_ids=["late"]))

    geo.behaviour = wait
    leaving, other = bench.make_server(geo), await bench.serve(ScriptedGeo("geo-2"))
    await leaving.__aenter__()
    channel = bench.channel(leaving.port)
    call = stub(channel).Nearby(NearbyRequest())
    async with asyncio.timeout(5):
        await geo.started.wait()
        channel.balancer.update({f"127.0.0.1:{port}" for port in (leaving.port, other.port)})
        ending = asyncio.create_task(leaving.__aexit__(None, None, None))
        while sum(endpoint.ready for endpoint in channel.balancer.endpoints) != 1:
            await channel.balancer.wait_changed()
        may_end.set()
        assert (await call).places.hotel_ids[0] == "late"
        await ending


async def test_broken_connection(bench: Bench) -> None:
    """When a connection breaks, the calls under way on it fail as unavailable, all of them."""
    geo = ScriptedGeo("geo-1")
    geo.behaviour = geo.hang
    server = bench.make_server(geo)
    await server.__aenter__()
    channel = bench.channel(server.port)
    calls = [stub(channel).Nearby(NearbyRequest()) for _ in range(5)]
    async with asyncio.timeout(10):
        await geo.started.wait()
        await server.__aexit__(None, None, None)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, errors.Unavailable) for outcome in outcomes)


async def test_too_many_under_way(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream takes a bounded number of calls; one more is refused at once."""
    monkeypatch.setattr("innkeeper.rpc.stream.client.MOST_UNDER_WAY", 3)
    geo = ScriptedGeo("geo-1")
    geo.behaviour = geo.hang
    channel = bench.channel((await bench.serve(geo)).port)
    calls = [stub(channel).Nearby(NearbyRequest()) for _ in range(4)]
    with pytest.raises(errors.Overloaded):
        await calls[-1]
    for call in calls:
        call.cancel()


async def raw(bench: Bench, geo: ScriptedGeo) -> tuple[aio.Channel, Any]:
    """A stream to a server, message by message."""
    server = await bench.serve(geo)
    channel = aio.insecure_channel(f"127.0.0.1:{server.port}")
    return channel, channel.stream_stream(CARRY)()


async def test_garbage(bench: Bench) -> None:
    """Bytes that are no batch end their stream with INVALID_ARGUMENT and disturb nobody else."""
    geo = ScriptedGeo("geo-1")
    channel, stream = await raw(bench, geo)
    async with channel:
        await stream.write(b"\xff\xff\xff")
        with pytest.raises(AioRpcError) as caught:
            await stream.read()
        assert caught.value.code() is StatusCode.INVALID_ARGUMENT
        assert await GeoStub(channel).Nearby(NearbyRequest())


async def test_garbage_in_one_call(bench: Bench) -> None:
    """A request that cannot be read, or a method that is not there, fails alone."""
    channel, stream = await raw(bench, ScriptedGeo("geo-1"))
    async with channel:
        batch = Batch(
            calls=[
                Call(id=1, method=NEARBY, request=b"\xff"),
                Call(id=2, method="/no.Such/Method"),
                Call(id=3, method=NEARBY),
            ]
        )
        await stream.write(batch.SerializeToString())
        codes: dict[int, int] = {}
        while len(codes) < 3:
            answers = Batch.FromString(await stream.read()).answers
            codes.update({answer.id: answer.code for answer in answers})
        stream.cancel()
    assert codes == {
        1: StatusCode.INTERNAL.value[0],
        2: StatusCode.UNIMPLEMENTED.value[0],
        3: StatusCode.OK.value[0],
    }


async def test_caller_who_reads_nothing(bench: Bench) -> None:
    """A caller who fetches no answers is not read from any more, so that answers do not pile up."""
    geo = ScriptedGeo("geo-1")

    async def much(request: NearbyRequest, context: Any) -> NearbyResponse:
        return NearbyResponse(places=Places(hotel_ids=["x" * 100_000]))

    geo.behaviour = much
    channel, stream = await raw(bench, geo)
    async with channel:
        # Of 100 MB that are asked for, only what buffers take is ever made.
        for id in range(1000):
            writing = asyncio.ensure_future(
                stream.write(Batch(calls=[Call(id=id, method=NEARBY)]).SerializeToString())
            )
            await asyncio.wait([writing], timeout=0.5)
            if not writing.done():
                break
            if geo.calls and geo.calls < id - 50:
                break
        await asyncio.sleep(0.2)
        stuck = geo.calls
        await asyncio.sleep(0.2)
        assert geo.calls == stuck < 900
        stream.cancel()
        writing.cancel()
