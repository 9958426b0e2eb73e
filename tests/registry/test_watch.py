import asyncio

import pytest
from aiohttp import web

from innkeeper.registry import Consul, Unreachable, Update, Watch, watch
from innkeeper.registry.pace import GAP
from innkeeper.registry.watch import SETTLE
from tests.support.eventually import eventually
from tests.support.fake_consul import FakeConsul, answers

HEALTH = "/v1/health/service/geo"


class Time:
    """A clock that a test sets; sleeping is short and moves it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0.001)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def geo(consul: Consul, time: Time) -> Watch:
    return watch(consul, "geo", clock=time.clock, sleep=time.sleep)


def named(update: Update) -> tuple[set[str], bool]:
    return {instance.id for instance in update.instances}, update.complete


async def following(geo: Watch, fake: FakeConsul) -> asyncio.Task[Update]:
    """The next update, being waited for by a query that has reached the registry."""
    asked = fake.asked(HEALTH)
    waiting = asyncio.create_task(geo.__anext__())
    await eventually(lambda: fake.asked(HEALTH) > asked)
    return waiting


async def lost_memory(fake: FakeConsul) -> None:
    """The registry restarts empty."""
    await fake.stop()
    fake.forget()
    await fake.start()


async def test_first_answer_comes_at_once(fake: FakeConsul, geo: Watch) -> None:
    """What is there at the beginning is the first update."""
    await fake.put("geo", 1)
    await fake.put("rate", 1)
    assert named(await anext(geo)) == ({"geo-1"}, True)


async def test_first_answer_may_be_empty(geo: Watch) -> None:
    """Nobody there is news too, for who knew nothing."""
    assert named(await anext(geo)) == (set(), True)


async def test_changes_follow(fake: FakeConsul, geo: Watch) -> None:
    """An instance that joins, fails or leaves while others stay is a complete update."""
    await fake.put("geo", 1)
    await anext(geo)
    await fake.put("geo", 2)
    assert named(await anext(geo)) == ({"geo-1", "geo-2"}, True)
    await fake.put("geo", 1, passing=False)
    assert named(await anext(geo)) == ({"geo-2"}, True)
    await fake.put("geo", 1, passing=True)
    await anext(geo)
    await fake.remove("geo-2")
    assert named(await anext(geo)) == ({"geo-1"}, True)


async def test_moved_instance_is_a_change(fake: FakeConsul, geo: Watch) -> None:
    """The same id at another port is another endpoint."""
    await fake.put("geo", 1)
    await anext(geo)
    await fake.put("geo", 1, Port=7000)
    (instance,) = (await anext(geo)).instances
    assert instance.port == 7000


async def test_nothing_new_is_no_update(fake: FakeConsul, geo: Watch) -> None:
    """An index that moved for another service wakes nobody."""
    await fake.put("geo", 1)
    await anext(geo)
    waiting = await following(geo, fake)
    await fake.put("rate", 1)
    await eventually(lambda: fake.asked(HEALTH) == 3)
    assert not waiting.done()
    await fake.put("geo", 2)
    assert named(await waiting) == ({"geo-1", "geo-2"}, True)


async def test_empty_answer_proves_nothing(fake: FakeConsul, geo: Watch) -> None:
    """When the last instance is gone the update says that it may be the registry's fault."""
    await fake.put("geo", 1)
    await anext(geo)
    await fake.remove("geo-1")
    assert named(await anext(geo)) == (set(), False)


async def test_empty_list_stays_doubtful(fake: FakeConsul, geo: Watch, time: Time) -> None:
    """However long the list is empty, it is not called complete."""
    await fake.put("geo", 1)
    await anext(geo)
    await fake.remove("geo-1")
    await anext(geo)
    waiting = await following(geo, fake)
    time.now += 100 * SETTLE
    await fake.change()
    await eventually(lambda: fake.asked(HEALTH) == 4)
    assert not waiting.done()
    await fake.put("geo", 2)
    assert named(await waiting) == ({"geo-2"}, False)


async def test_trust_returns(fake: FakeConsul, consul: Consul) -> None:
    """When a list has held for the settling time it is said to be complete, unchanged as it is."""
    geo = watch(consul, "geo", settle=0.2)
    await fake.put("geo", 1)
    await anext(geo)
    await fake.remove("geo-1")
    await anext(geo)
    await fake.put("geo", 2)
    assert named(await anext(geo)) == ({"geo-2"}, False)
    assert named(await anext(geo)) == ({"geo-2"}, True)


async def test_settling_shortens_the_query(fake: FakeConsul, geo: Watch) -> None:
    """In doubt a query waits no longer than the doubt, and at other times the usual time."""
    await fake.put("geo", 1)
    await anext(geo)
    await fake.remove("geo-1")
    await anext(geo)
    await fake.put("geo", 1)
    await anext(geo)
    waiting = await following(geo, fake)
    waiting.cancel()
    waits = [request.query.get("wait") for request in fake.requests]
    assert waits[:3] == [None, "10000ms", "10000ms"]
    assert waits[3] is not None
    assert 0 < float(waits[3].removesuffix("ms")) <= SETTLE * 1000


async def test_instances_return_one_by_one(fake: FakeConsul, geo: Watch, time: Time) -> None:
    """After a restart of the registry no update is complete until all had time to register."""
    await fake.put("geo", 1)
    await fake.put("geo", 2)
    await anext(geo)
    waiting = await following(geo, fake)
    await lost_memory(fake)
    assert named(await waiting) == (set(), False)
    await fake.put("geo", 2)
    assert named(await anext(geo)) == ({"geo-2"}, False)
    await fake.put("geo", 1)
    assert named(await anext(geo)) == ({"geo-1", "geo-2"}, False)
    waiting = await following(geo, fake)
    time.now += SETTLE
    await fake.change()
    assert named(await waiting) == ({"geo-1", "geo-2"}, True)


async def test_part_of_the_list_after_an_outage(fake: FakeConsul, geo: Watch) -> None:
    """A registry that was away and names fewer is not believed, whatever its index."""
    await fake.put("geo", 1)
    await fake.put("geo", 2)
    await anext(geo)
    waiting = await following(geo, fake)
    await fake.stop()
    del fake.services["geo-2"]
    fake.index += 1000
    await fake.start()
    assert named(await waiting) == ({"geo-1"}, False)


async def test_outage_without_loss(fake: FakeConsul, geo: Watch, time: Time) -> None:
    """A registry that comes back as it was is doubted for a while, then trusted again."""
    await fake.put("geo", 1)
    await anext(geo)
    waiting = await following(geo, fake)
    await fake.stop()
    await eventually(lambda: time.slept)
    await fake.start()
    assert named(await waiting) == ({"geo-1"}, False)
    waiting = await following(geo, fake)
    time.now += SETTLE
    await fake.change()
    assert named(await waiting) == ({"geo-1"}, True)


async def test_outage_before_the_first_answer(fake: FakeConsul, geo: Watch) -> None:
    """Who knew nothing has nothing to lose: the first answer of a late registry is complete."""
    await fake.stop()
    waiting = asyncio.create_task(geo.__anext__())
    await asyncio.sleep(0.02)
    await fake.put("geo", 1)
    await fake.start()
    assert named(await waiting) == ({"geo-1"}, True)


async def test_index_that_goes_backwards_starts_over(fake: FakeConsul, geo: Watch) -> None:
    """A smaller index means another memory: the list is doubtful and the next query asks afresh."""
    await fake.put("geo", 1)
    await fake.put("geo", 2)
    await anext(geo)
    await anext_with(fake, geo, index=3, only="geo-1")
    waiting = await following(geo, fake)
    assert "index" not in fake.requests[-1].query
    waiting.cancel()


async def anext_with(fake: FakeConsul, geo: Watch, *, index: int, only: str) -> None:
    def smaller(request: web.Request) -> web.Response:
        service = {"ID": only, "Service": "geo", "Address": "127.0.0.1", "Port": 9001}
        return web.json_response(
            [{"Node": {"Address": ""}, "Service": service}], headers={"X-Consul-Index": str(index)}
        )

    fake.fault = smaller
    assert named(await anext(geo)) == ({only}, False)
    fake.fault = None


async def test_index_of_zero_still_blocks(fake: FakeConsul, geo: Watch) -> None:
    """Asking with an index of 0 would not block, so 1 is asked instead."""
    await fake.change(index=0)
    await anext(geo)
    waiting = await following(geo, fake)
    assert fake.requests[-1].query["index"] == "1"
    waiting.cancel()


async def test_restarted_registry_is_not_asked_with_the_old_index(
    fake: FakeConsul, geo: Watch
) -> None:
    """After an outage the question does not block: a registry that counts from the beginning would
    hold the answer back for long."""
    await fake.put("geo", 1)
    await anext(geo)
    waiting = await following(geo, fake)
    await lost_memory(fake)
    await waiting
    assert "index" not in fake.requests[-1].query


async def test_outage_that_others_noticed(fake: FakeConsul, consul: Consul, geo: Watch) -> None:
    """A registry that restarts between two queries is not asked with the old index either, when
    anything else in the process ran into it."""
    await fake.put("geo", 1)
    await fake.put("geo", 2)
    await anext(geo)
    await fake.stop()
    with pytest.raises(Unreachable):
        await consul.passing("rate")
    fake.forget()
    await fake.put("geo", 2)
    await fake.start()
    assert named(await anext(geo)) == ({"geo-2"}, False)


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_failing_registry_is_tried_on(
    fake: FakeConsul,
    geo: Watch,
    time: Time,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Failures are told once, and met with growing delays until the registry does well again."""
    fake.fault = answers(status, "because")
    waiting = asyncio.create_task(geo.__anext__())
    await eventually(lambda: time.now > 1010)
    assert not waiting.done()
    told = [record.message for record in caplog.records if record.name.startswith("innkeeper")]
    assert len(told) == 1
    assert "because" in told[0]
    assert max(time.slept) > 0.4
    fake.fault = None
    assert named(await waiting) == (set(), True)


@pytest.mark.parametrize("body", ["", "{}", "[7]", "<html>"])
async def test_garbage_is_no_empty_list(
    fake: FakeConsul, geo: Watch, time: Time, body: str
) -> None:
    """An answer that makes no sense does not take the instances away."""
    await fake.put("geo", 1)
    await anext(geo)
    fake.fault = lambda _: web.Response(text=body, headers={"X-Consul-Index": "99"})
    waiting = asyncio.create_task(geo.__anext__())
    await eventually(lambda: len(time.slept) > 5)
    assert not waiting.done()
    fake.fault = None
    assert named(await waiting) == ({"geo-1"}, False)


async def test_hanging_registry_is_tried_on(fake: FakeConsul, time: Time) -> None:
    """A query that gets no answer is given up and asked again."""
    async with Consul(fake.settings(), answer_timeout=0.05) as consul:
        geo = watch(consul, "geo", clock=time.clock, sleep=time.sleep)
        release = fake.hold()
        waiting = asyncio.create_task(geo.__anext__())
        await eventually(lambda: fake.asked(HEALTH) >= 3)
        release.set()
        assert named(await waiting) == (set(), True)


async def test_registry_that_does_not_block_is_asked_slowly(
    fake: FakeConsul, geo: Watch, time: Time
) -> None:
    """Answers that come at once are paced, or they would fill a core."""
    fake.fault = lambda _: web.json_response([], headers={"X-Consul-Index": "5"})
    await anext(geo)
    waiting = asyncio.create_task(geo.__anext__())
    await eventually(lambda: len(time.slept) >= 10)
    waiting.cancel()
    assert min(time.slept) == pytest.approx(GAP, rel=0.1)


async def test_cancelling_ends_the_query(fake: FakeConsul, geo: Watch) -> None:
    """A consumer that is cancelled leaves no query behind, and another may go on."""
    await anext(geo)
    waiting = await following(geo, fake)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await eventually(lambda: fake.requests[-1].transport is None)
    await fake.put("geo", 1)
    assert named(await anext(geo)) == ({"geo-1"}, True)


async def test_age_counts_from_the_last_answer(fake: FakeConsul, geo: Watch, time: Time) -> None:
    """The age is unknown at first, grows while nothing is heard and restarts with an answer."""
    assert geo.age() is None
    await anext(geo)
    assert geo.age() == 0.0
    time.now += 12.5
    assert geo.age() == 12.5
    await fake.put("geo", 1)
    await anext(geo)
    assert geo.age() == 0.0
