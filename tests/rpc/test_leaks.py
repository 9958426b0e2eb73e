"""What is left behind by endpoints that come and go: nothing."""

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import combinations, cycle
from typing import Any, NamedTuple

import psutil
import pytest

from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse
from innkeeper.rpc import BalancedChannel, patrol
from tests.rpc.conftest import Bench, ScriptedGeo, stub
from tests.support.eventually import eventually

CALLERS = 8
CHANGES = 1000
WARM = 300
"""Changes after which what is kept for later use is there."""


class Held(NamedTuple):
    """What this process holds."""

    tasks: int
    files: int
    objects: int
    memory: int


def held() -> Held:
    gc.collect()
    # What was freed and is only kept by the allocator is not held (glibc; elsewhere there is none).
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
    process = psutil.Process()
    return Held(
        len(asyncio.all_tasks()),
        process.num_fds(),
        len(gc.get_objects()),
        process.memory_info().rss,
    )


async def settled(channel: BalancedChannel, addresses: set[str]) -> None:
    """All endpoints are there and connected, and those that left are gone."""
    channel.balancer.update(addresses)
    await eventually(
        lambda: (
            all(endpoint.ready for endpoint in channel.balancer.endpoints)
            and len(channel.balancer.statistics()) == len(addresses)
        )
    )
    # Closing a connection takes a moment after its last call.
    await asyncio.sleep(0.05)


class Callers:
    """Ask without end, several at once."""

    def __init__(self, channel: BalancedChannel) -> None:
        self.answered = 0
        self._nearby = stub(channel).Nearby

    async def ask(self) -> None:
        while True:
            await self._nearby(NearbyRequest(), timeout=60)
            self.answered += 1

    async def answers(self, more: int) -> None:
        """Wait for so many further answers."""
        goal = self.answered + more
        while self.answered < goal:  # noqa: ASYNC110 - every pass of the loop counts
            await asyncio.sleep(0)


@asynccontextmanager
async def calling(channel: BalancedChannel, callers: int = CALLERS) -> AsyncIterator[Callers]:
    """Calls are under way while the block runs; one that fails, fails the test."""
    several = Callers(channel)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(several.ask()) for _ in range(callers)]
        yield several
        for task in tasks:
            task.cancel()


def changes(addresses: list[str]) -> Iterator[set[str]]:
    """Sets of endpoints, of which each two that follow each other differ."""
    return cycle(set(some) for number in (1, 3, 2) for some in combinations(addresses, number))


@pytest.mark.parametrize("batching", [True, False])
async def test_a_thousand_changes_leave_nothing_behind(bench: Bench, batching: bool) -> None:
    """No connection, task, file or memory, and no call fails of those under way meanwhile."""

    async def slow(request: NearbyRequest, context: Any) -> NearbyResponse:
        # Some passes of the loop, so that endpoints leave while they are asked.
        for _ in range(5):
            await asyncio.sleep(0)
        return NearbyResponse()

    geos = [ScriptedGeo(f"geo-{number}") for number in range(4)]
    for geo in geos:
        geo.behaviour = slow
    servers = [await bench.serve(geo) for geo in geos]
    addresses = [f"127.0.0.1:{server.port}" for server in servers]
    channel = bench.channel(*(server.port for server in servers), batching=batching)
    left_asked = 0
    known = changes(addresses)
    async with calling(channel) as callers:
        for change in range(CHANGES if batching else CHANGES // 5):
            channel.balancer.update(next(known))
            left_asked += any(not endpoint.listed for endpoint in channel.balancer.statistics())
            await callers.answers(4)
            if change == (WARM if batching else WARM // 5):
                await settled(channel, set(addresses))
                before = held()
        await settled(channel, set(addresses))
        after = held()
    assert left_asked > 50
    # Of the calls under way, each has one to four tasks at any moment.
    assert after.tasks <= before.tasks + 4 * CALLERS
    assert after.files <= before.files
    assert after.objects <= before.objects * 1.02
    assert after.memory <= before.memory + 4 * 2**20


async def test_an_ejected_endpoint_that_leaves_is_let_go(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody goes on asking whether a hung instance serves once the registry has dropped it."""
    monkeypatch.setattr(patrol, "TICK", 0.01)
    monkeypatch.setattr(patrol, "HEDGE_AFTER", 0.05)
    monkeypatch.setattr(patrol, "PROBE_EVERY", 0.01)
    hung, well = ScriptedGeo("geo-1"), ScriptedGeo("geo-2")
    hung.behaviour = hung.hang
    servers = [await bench.serve(geo) for geo in (hung, well)]
    channel = bench.channel(*(server.port for server in servers))
    await settled(channel, {f"127.0.0.1:{server.port}" for server in servers})

    async def never_serves(endpoint: object) -> bool:
        await asyncio.sleep(0)
        return False

    monkeypatch.setattr(patrol, "serves", never_serves)

    def asking() -> bool:
        names = (getattr(task.get_coro(), "__name__", "") for task in asyncio.all_tasks())
        return "_let_back_in" in names

    for _ in range(4):
        await stub(channel).Nearby(NearbyRequest(), timeout=20)
    await eventually(lambda: channel.patrol.ejected == 1)
    assert asking()
    channel.balancer.update({f"127.0.0.1:{servers[1].port}"})
    await eventually(lambda: not asking())
