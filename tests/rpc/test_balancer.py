"""Which endpoint takes the next call."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from grpc import ChannelConnectivity as State

from innkeeper import errors
from innkeeper.rpc import Balancer


class FakeChannel:
    """A connection whose state the test sets."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.state = State.READY
        self.closed = False
        self._changed = asyncio.Event()

    def set(self, state: State) -> None:
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()

    def get_state(self, try_to_connect: bool = False) -> State:
        return self.state

    async def wait_for_state_change(self, last: State) -> None:
        while self.state is last:
            await self._changed.wait()

    async def close(self) -> None:
        self.closed = True


class Fakes:
    """A balancer over fake connections."""

    def __init__(self) -> None:
        self.channels: dict[str, FakeChannel] = {}
        self.balancer = Balancer("geo", connect=self._connect, first=lambda _: 0)

    def _connect(self, address: str) -> Any:
        channel = self.channels[address] = FakeChannel(address)
        return channel

    async def update(self, *addresses: str, complete: bool = True) -> None:
        self.balancer.update(addresses, complete=complete)
        await settle()

    async def set(self, address: str, state: State) -> None:
        self.channels[address].set(state)
        await settle()

    async def picks(self, number: int) -> Counter[str]:
        """Who gets calls that are made one after the other."""
        picked: Counter[str] = Counter()
        for _ in range(number):
            picked[self.balancer.pick().address] += 1
            await asyncio.sleep(0)
        return picked


async def settle() -> None:
    """Let tasks that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def fakes() -> AsyncIterator[Fakes]:
    fakes = Fakes()
    yield fakes
    await fakes.balancer.close()


async def test_even(fakes: Fakes) -> None:
    """Calls are spread evenly over all endpoints."""
    await fakes.update("a:1", "b:1", "c:1")
    assert await fakes.picks(300) == {"a:1": 100, "b:1": 100, "c:1": 100}


async def test_bursts_stay_whole(fakes: Fakes) -> None:
    """Calls of one pass of the loop go to one endpoint, those of the next to another."""
    await fakes.update("a:1", "b:1")
    bursts = []
    for _ in range(4):
        bursts.append({fakes.balancer.pick().address for _ in range(10)})
        await asyncio.sleep(0)
    assert [len(burst) for burst in bursts] == [1, 1, 1, 1]
    assert set.union(*bursts[:2]) == set.union(*bursts[2:]) == {"a:1", "b:1"}


async def test_uneven_bursts_even_out(fakes: Fakes) -> None:
    """However large bursts are, each endpoint gets about the same number of calls."""
    await fakes.update("a:1", "b:1", "c:1")
    picked: Counter[str] = Counter()
    for burst in range(300):
        picked.update(fakes.balancer.pick().address for _ in range(1 + burst * 7 % 90))
        await asyncio.sleep(0)
    assert max(picked.values()) - min(picked.values()) <= 2 * 90


async def test_nobody(fakes: Fakes) -> None:
    """Without an endpoint the service is unavailable, by name."""
    with pytest.raises(errors.Unavailable, match="geo"):
        fakes.balancer.pick()


async def test_added(fakes: Fakes) -> None:
    """A new endpoint gets its share."""
    await fakes.update("a:1")
    await fakes.update("a:1", "b:1")
    assert await fakes.picks(100) == {"a:1": 50, "b:1": 50}


async def test_removed(fakes: Fakes) -> None:
    """An endpoint that the registry no longer names gets no further call and is closed."""
    await fakes.update("a:1", "b:1")
    await fakes.update("b:1")
    assert await fakes.picks(10) == {"b:1": 10}
    assert fakes.channels["a:1"].closed


async def test_removed_while_busy(fakes: Fakes) -> None:
    """An endpoint that leaves stays open until its last call has ended."""
    await fakes.update("a:1")
    endpoint = fakes.balancer.pick()
    endpoint.enter()
    await fakes.update()
    assert not fakes.channels["a:1"].closed
    assert [entry.in_flight for entry in fakes.balancer.statistics()] == [1]
    endpoint.leave()
    await settle()
    assert fakes.channels["a:1"].closed


async def test_lost_connection(fakes: Fakes) -> None:
    """An endpoint that lost its connection is passed over until it is back."""
    await fakes.update("a:1", "b:1")
    await fakes.set("a:1", State.TRANSIENT_FAILURE)
    assert await fakes.picks(10) == {"b:1": 10}
    await fakes.set("a:1", State.READY)
    assert await fakes.picks(10) == {"a:1": 5, "b:1": 5}


async def test_all_lost(fakes: Fakes) -> None:
    """When no endpoint is connected, one is asked all the same: its failure says why."""
    await fakes.update("a:1")
    await fakes.set("a:1", State.TRANSIENT_FAILURE)
    assert await fakes.picks(3) == {"a:1": 3}


async def test_second_choice(fakes: Fakes) -> None:
    """A call that is made again goes elsewhere while there is an elsewhere."""
    await fakes.update("a:1", "b:1")
    first = fakes.balancer.pick()
    second = fakes.balancer.pick({first})
    assert second is not first
    assert fakes.balancer.pick({first, second}) in {first, second}


async def test_incomplete_answer(fakes: Fakes) -> None:
    """A registry that lost its memory takes no endpoint away that is still connected."""
    await fakes.update("a:1", "b:1")
    await fakes.set("b:1", State.TRANSIENT_FAILURE)
    await fakes.update(complete=False)
    assert await fakes.picks(4) == {"a:1": 4}
    assert fakes.channels["b:1"].closed


async def test_unlisted_endpoint_leaves(fakes: Fakes) -> None:
    """An endpoint kept without the registry's word leaves with its connection."""
    await fakes.update("a:1")
    await fakes.update(complete=False)
    await fakes.set("a:1", State.IDLE)
    with pytest.raises(errors.Unavailable):
        fakes.balancer.pick()


async def test_listed_endpoint_stays(fakes: Fakes) -> None:
    """An endpoint that the registry names stays, connected or not."""
    await fakes.update("a:1")
    await fakes.set("a:1", State.IDLE)
    assert await fakes.picks(1) == {"a:1": 1}


async def test_thousand_changes_leak_nothing(fakes: Fakes) -> None:
    """Endpoints that came and went leave no connection and no task behind."""
    tasks = len(asyncio.all_tasks())
    for number in range(1000):
        fakes.balancer.update({f"a:{number}", f"a:{number + 1}"})
        fakes.balancer.pick()
    await fakes.update()
    assert all(channel.closed for channel in fakes.channels.values())
    assert len(asyncio.all_tasks()) == tasks
    assert fakes.balancer.statistics() == []
