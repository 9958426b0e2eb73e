"""Faults that are asked for: which calls they meet, on every way that a call can take."""

import asyncio

import pytest
from grpc.aio import Channel

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest
from innkeeper.rpc import Fault, RetryPolicy
from tests.rpc.conftest import Bench, ScriptedGeo, stub


async def outcomes(fault: Fault, calls: int = 200) -> list[bool]:
    """Which of so many calls fail."""
    failed = []
    for _ in range(calls):
        try:
            await fault()
        except errors.Unavailable:
            failed.append(True)
        else:
            failed.append(False)
    return failed


async def test_the_seed_decides_which_calls_fail() -> None:
    """The same seed fails the same calls, another seed others, about the share asked for."""
    first = await outcomes(Fault(error_share=0.2, seed=7))
    assert first == await outcomes(Fault(error_share=0.2, seed=7))
    assert first != await outcomes(Fault(error_share=0.2, seed=8))
    assert 20 < sum(first) < 60


async def test_latency_meets_every_call() -> None:
    """Every call is delayed, those that fail included, and others go on meanwhile."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    fault = Fault(latency=0.2, error_share=1.0, sleep=sleep)
    assert await outcomes(fault, 3) == [True] * 3
    assert waits == [0.2] * 3


async def test_a_fault_fails_calls_until_it_is_taken_away(
    path: tuple[Channel, ScriptedGeo], bench: Bench
) -> None:
    """Calls fail with UNAVAILABLE before the service sees them, and are answered afterwards."""
    channel, geo = path
    bench.servers[0].set_fault(Fault(error_share=1.0))
    with pytest.raises(errors.Unavailable, match="failed on purpose"):
        await stub(channel).Nearby(NearbyRequest())
    assert geo.calls == 0
    bench.servers[0].set_fault(None)
    assert await stub(channel).Nearby(NearbyRequest())


async def test_callers_turn_to_another_instance(bench: Bench) -> None:
    """Read-only calls that a fault fails are made again elsewhere."""
    ailing, well = ScriptedGeo("geo-1"), ScriptedGeo("geo-2")
    (await bench.serve(ailing)).set_fault(Fault(error_share=1.0))
    server = await bench.serve(well)
    channel = bench.channel(server.port, bench.servers[0].port, policy=RetryPolicy(pause=0))
    for _ in range(10):
        answer = await stub(channel).Nearby(NearbyRequest())
        assert answer.places.hotel_ids[0] == "geo-2"
