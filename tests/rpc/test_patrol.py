"""Second attempts, and endpoints that are left out for a while."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse
from innkeeper.rpc import RetryBudget, RetryPolicy, patrol
from tests.rpc.conftest import Bench, ScriptedGeo, stub
from tests.support.eventually import eventually


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patrol, "TICK", 0.01)
    monkeypatch.setattr(patrol, "HEDGE_AFTER", 0.05)
    monkeypatch.setattr(patrol, "WINDOW", 0.1)
    monkeypatch.setattr(patrol, "PROBE_EVERY", 0.01)
    monkeypatch.setattr(patrol, "FIRST_EJECTION", 0.2)


async def two(bench: Bench, **options: Any) -> tuple[ScriptedGeo, ScriptedGeo, Any]:
    """Two instances and a connected channel to them."""
    geos = ScriptedGeo("geo-1"), ScriptedGeo("geo-2")
    servers = [await bench.serve(geo) for geo in geos]
    channel = bench.channel(*(server.port for server in servers), **options)
    while not all(endpoint.ready for endpoint in channel.balancer.endpoints):
        await channel.balancer.wait_changed()
    return *geos, channel


async def ask(channel: Any, **request: Any) -> str:
    """Who answers a call."""
    answer = await stub(channel).Nearby(NearbyRequest(**request), timeout=20)
    return str(answer.places.hotel_ids[0])


async def test_hanging_call_is_answered_elsewhere(bench: Bench) -> None:
    """A call that hangs gets the answer of another endpoint, and its first attempt is cancelled."""
    first, second, channel = await two(bench)
    first.behaviour = first.hang
    answers = [await ask(channel) for _ in range(2)]
    assert answers == ["geo-2", "geo-2"]
    assert channel.patrol.hedged >= 1
    async with asyncio.timeout(10):
        await first.cancelled.wait()
    assert second.calls >= 2


async def test_quick_calls_are_made_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that are answered in time get no second attempt."""
    monkeypatch.setattr(patrol, "HEDGE_AFTER", 30)
    first, second, channel = await two(bench)
    for _ in range(20):
        await ask(channel)
    assert channel.patrol.hedged == 0
    assert first.calls + second.calls == 20


async def test_hedges_have_a_budget(bench: Bench) -> None:
    """When everything hangs, second attempts stop with the budget."""
    first, second, channel = await two(bench, budget=RetryBudget(size=10))
    first.behaviour, second.behaviour = first.hang, second.hang
    calls = [stub(channel).Nearby(NearbyRequest(), timeout=0.5) for _ in range(40)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, errors.TooLate) for outcome in outcomes)
    assert channel.patrol.hedged <= 5
    assert channel.budget.refused > 0


async def test_what_hangs_costs_no_budget(bench: Bench) -> None:
    """Calls at an endpoint that answers nobody are made elsewhere even without a budget, while
    another one answers."""
    first, second, channel = await two(bench, budget=RetryBudget(size=0))
    # Nobody knows of an endpoint that was never asked whether it answers.
    while not (first.calls and second.calls):
        await ask(channel)
    first.behaviour = first.hang
    ends = asyncio.get_running_loop().time() + 0.5

    async def keep_asking() -> set[str]:
        answers = set()
        while asyncio.get_running_loop().time() < ends:
            answers.add(await ask(channel))
        return answers

    answers = await asyncio.gather(*(keep_asking() for _ in range(5)))
    assert {"geo-2"} == set().union(*answers)


async def test_what_hangs_is_made_elsewhere_once_another_answers(bench: Bench) -> None:
    """A call at an endpoint that hangs is not given up because the other one was silent, too, when
    it was looked at first."""
    first, second, channel = await two(bench, budget=RetryBudget(size=0))
    awake = asyncio.Event()

    async def answer_late(request: NearbyRequest, context: Any) -> NearbyResponse:
        await awake.wait()
        return await second.answer(request, context)

    first.behaviour, second.behaviour = first.hang, answer_late
    calls = [asyncio.create_task(ask(channel))]
    # What is asked in the next pass of the loop is asked of the other one.
    await asyncio.sleep(0)
    calls.append(asyncio.create_task(ask(channel)))
    await asyncio.gather(first.started.wait(), second.started.wait())
    await eventually(lambda: channel.budget.refused >= 2)
    awake.set()
    assert await asyncio.gather(*calls) == ["geo-2", "geo-2"]


async def test_what_was_slow_and_hangs_is_made_elsewhere(bench: Bench) -> None:
    """A call that got no second attempt while its endpoint answered others gets it when that one
    answers nobody any more."""
    first, _, channel = await two(bench, budget=RetryBudget(size=0))

    async def hang_once(request: NearbyRequest, context: Any) -> NearbyResponse:
        first.behaviour = first.answer
        return await first.hang(request, context)

    first.behaviour = hang_once
    calls = []
    while not channel.budget.refused:
        calls.append(asyncio.create_task(ask(channel)))
        await asyncio.sleep(0.001)
    await asyncio.gather(*calls)
    async with asyncio.timeout(10):
        await first.cancelled.wait()


async def test_lone_endpoint_is_not_asked_twice(bench: Bench) -> None:
    """With one endpoint there is no elsewhere: nothing ticks, nothing is made twice."""
    geo = ScriptedGeo("geo-1")
    geo.behaviour = geo.hang
    channel = bench.channel((await bench.serve(geo)).port)
    with pytest.raises(errors.TooLate):
        await stub(channel).Nearby(NearbyRequest(), timeout=0.2)
    assert geo.calls == 1
    assert channel.patrol._armed is None


async def test_failing_endpoint_is_ejected_and_let_back_in(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that fails most calls gets none for a while, then its share again."""
    monkeypatch.setattr(patrol, "HEDGE_AFTER", 30)
    first, second, channel = await two(bench, policy=RetryPolicy(attempts=1))

    async def fail(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise errors.Unavailable("broken")

    first.behaviour = fail

    async def keep_asking() -> None:
        while True:
            await asyncio.gather(*(_try(channel) for _ in range(20)))
            await asyncio.sleep(0.001)

    load = asyncio.create_task(keep_asking())
    await eventually(lambda: channel.patrol.ejected == 1)
    first.behaviour = first.answer
    before = first.calls
    await eventually(lambda: first.calls > before + 20)
    load.cancel()
    assert not any(endpoint.ejected for endpoint in channel.balancer.endpoints)
    assert second.calls > 0


async def _try(channel: Any) -> None:
    with suppress(errors.Unavailable):
        await ask(channel)


async def test_everyone_failing_ejects_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When all endpoints fail, none of them is better: no one is ejected."""
    monkeypatch.setattr(patrol, "HEDGE_AFTER", 30)
    first, second, channel = await two(bench, policy=RetryPolicy(attempts=1))

    async def fail(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise errors.Unavailable("broken")

    first.behaviour = second.behaviour = fail
    for _ in range(30):
        await asyncio.gather(*(_try(channel) for _ in range(20)))
        await asyncio.sleep(0.01)
    assert channel.patrol.ejected == 0
