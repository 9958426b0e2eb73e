import asyncio
import logging
import time
from typing import Any

import pytest
from aiohttp import web

from innkeeper.registry import Consul, Instance, Registration, registered
from tests.support.eventually import eventually
from tests.support.fake_consul import FakeConsul, answers

GEO = Instance("geo-1", "geo", "127.0.0.1", 8081)
REGISTER = "/v1/agent/service/register"


async def soon(seconds: float) -> None:
    """Sleep shorter than asked."""
    await asyncio.sleep(min(seconds, 0.002))


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name.startswith("innkeeper")]


async def test_instance_is_there_while_the_block_runs(fake: FakeConsul, consul: Consul) -> None:
    """The block starts registered and ends deregistered."""
    async with registered(consul, GEO) as registration:
        assert registration.entered
        assert fake.services["geo-1"]["Check"]["GRPC"] == "127.0.0.1:8081"
    assert fake.services == {}
    assert not registration.entered


async def test_error_in_the_block_deregisters(fake: FakeConsul, consul: Consul) -> None:
    """A block that fails leaves no entry behind and keeps its error."""
    with pytest.raises(ZeroDivisionError):
        async with registered(consul, GEO):
            raise ZeroDivisionError
    assert fake.services == {}


async def test_cancelled_block_deregisters(fake: FakeConsul, consul: Consul) -> None:
    """A task that is cancelled in the block leaves no entry behind."""

    async def serve() -> None:
        async with registered(consul, GEO):
            await asyncio.Event().wait()

    serving = asyncio.create_task(serve())
    await eventually(lambda: fake.services)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert fake.services == {}


async def test_lost_entry_is_made_again(fake: FakeConsul, consul: Consul) -> None:
    """An instance that somebody deregistered registers again."""
    async with registered(consul, GEO, sleep=soon) as registration:
        for times in (2, 3):
            await fake.remove("geo-1")
            await eventually(lambda: registration.entries == times)  # noqa: B023
            assert "geo-1" in fake.services


async def test_failing_predecessor_is_forgotten(fake: FakeConsul, consul: Consul) -> None:
    """An instance that comes after one that was killed does not inherit its failing check."""
    await fake.put("geo", 1, passing=False, Port=9999)
    async with registered(consul, GEO, sleep=soon):
        assert fake.asked("/v1/agent/service/deregister/geo-1") == 1
        assert fake.services["geo-1"]["Port"] == 8081
        assert (await consul.passing("geo")).instances == {GEO}


async def test_passing_predecessor_is_taken_over(fake: FakeConsul, consul: Consul) -> None:
    """The entry of an instance that may live is replaced in one step: its owner, if there is one,
    must not take it for lost and enter itself again."""
    await fake.put("geo", 1, Port=9999)
    async with registered(consul, GEO, sleep=soon):
        assert fake.asked("/v1/agent/service/deregister/geo-1") == 0
        assert fake.services["geo-1"]["Port"] == 8081


async def test_restarted_registry_gets_the_entry_again(
    fake: FakeConsul, consul: Consul, caplog: pytest.LogCaptureFixture
) -> None:
    """A registry that comes back empty has the instance again; the log has one line for the loss,
    one for the return and one for the new entry."""
    caplog.set_level(logging.INFO, "innkeeper")
    async with registered(consul, GEO, sleep=soon) as registration:
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 3)
        await fake.stop()
        fake.forget()
        await eventually(lambda: len(messages(caplog)) == 2)
        await fake.start()
        await eventually(lambda: registration.entries == 2)
        assert "geo-1" in fake.services
    told = messages(caplog)
    assert [told[0], told[-1]] == [
        "geo-1 registered at 127.0.0.1:8081",
        "geo-1 registered again at 127.0.0.1:8081",
    ]
    assert "cannot be reached" in told[1]
    assert "is back" in told[2]
    assert len(told) == 4


async def test_restarted_registry_that_remembers_is_left_alone(
    fake: FakeConsul, consul: Consul
) -> None:
    """A registry that comes back with the entry is not asked to register again."""
    async with registered(consul, GEO, sleep=soon) as registration:
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 3)
        await fake.stop()
        await fake.start()
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 5)
        assert registration.entries == 1


async def test_registry_that_starts_later(fake: FakeConsul, consul: Consul) -> None:
    """The block starts without a registry, and the instance is registered when there is one."""
    await fake.stop()
    async with registered(consul, GEO, sleep=soon) as registration:
        assert not registration.entered
        await fake.start()
        await eventually(lambda: registration.entered)
        assert "geo-1" in fake.services
    assert fake.services == {}


async def test_hanging_registry_holds_nobody_up(fake: FakeConsul, consul: Consul) -> None:
    """The block starts and ends within its limits while the registry is silent."""
    fake.hold()
    started = time.monotonic()
    async with registered(consul, GEO, enter_limit=0.05, leave_limit=0.05) as registration:
        assert not registration.entered
    assert time.monotonic() - started < 4.0
    assert not tasks_of(GEO)


async def test_refusal_is_told_once_and_tried_again(
    fake: FakeConsul, consul: Consul, caplog: pytest.LogCaptureFixture
) -> None:
    """A registry that turns to refusing is told once, with what to do; attempts go on."""
    caplog.set_level(logging.INFO, "innkeeper")
    async with registered(consul, GEO, sleep=soon) as registration:
        fake.fault = answers(403, "Permission denied", REGISTER)
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 3)
        await fake.remove("geo-1")
        await eventually(lambda: fake.asked(REGISTER) >= 5)
        refusals = [told for told in messages(caplog) if "forbids" in told]
        assert len(refusals) == 1
        assert "CONSUL_HTTP_TOKEN" in refusals[0]
        fake.fault = None
        await eventually(lambda: registration.entered)


@pytest.mark.parametrize("body", ["", "null", "[]", "<html>"])
async def test_garbage_is_not_taken_for_loss(fake: FakeConsul, consul: Consul, body: str) -> None:
    """An answer that is no Consul's does not make the instance register again."""
    async with registered(consul, GEO, sleep=soon) as registration:
        fake.fault = answers(200, body, "/v1/agent/service/geo-1")
        await fake.put("geo", 1, Port=8081, Tags=["changed"])
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") >= 5)
        assert registration.entries == 1
        fake.fault = None


async def test_registry_that_does_not_block_is_asked_slowly(
    fake: FakeConsul, consul: Consul
) -> None:
    """A registry that answers blocking queries at once is not asked in a tight loop."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0.001)

    entry = {"Address": "127.0.0.1", "Port": 8081, "ContentHash": "same"}
    fake.fault = lambda request: (
        web.json_response(entry) if request.path == "/v1/agent/service/geo-1" else None
    )
    async with registered(consul, GEO, clock=lambda: 0.0, sleep=sleep):
        await eventually(lambda: len(slept) >= 10)
    assert set(slept) == {0.1}


async def test_successor_with_the_same_id_is_left_alone(fake: FakeConsul, consul: Consul) -> None:
    """A process that took the id over keeps it, while we run and when we end."""
    async with registered(consul, GEO, sleep=soon) as registration:
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 3)
        await fake.put("geo", 1, Port=9999)
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") >= 4)
        assert registration.entries == 1
    assert fake.services["geo-1"]["Port"] == 9999


async def test_entry_under_way_is_awaited_before_leaving(fake: FakeConsul, consul: Consul) -> None:
    """A registration that the registry is working on cannot come in after the deregistration."""
    async with registered(consul, GEO, sleep=soon):
        release = fake.hold(REGISTER)
        await fake.remove("geo-1")
        await eventually(lambda: fake.asked(REGISTER) == 2)
        asyncio.get_running_loop().call_later(0.05, release.set)
    assert fake.services == {}
    assert not tasks_of(GEO)


async def test_leaving_a_dead_registry_is_told(
    fake: FakeConsul, consul: Consul, caplog: pytest.LogCaptureFixture
) -> None:
    """Who cannot deregister says so and goes."""
    async with registered(consul, GEO):
        await fake.stop()
    assert "geo-1 stays registered until its check fails" in messages(caplog)[-1]


@pytest.mark.parametrize("moment", ["entry under way", "leaving"])
async def test_cancelling_twice_ends_the_task(
    fake: FakeConsul, consul: Consul, moment: str
) -> None:
    """Even a block that is cancelled again on its way out leaves no task that registers."""
    entered: asyncio.Queue[Registration] = asyncio.Queue()

    async def serve(**options: Any) -> None:
        async with registered(consul, GEO, sleep=soon, leave_limit=30.0, **options) as it:
            entered.put_nowait(it)
            await asyncio.Event().wait()

    serving = asyncio.create_task(serve())
    await entered.get()
    if moment == "entry under way":
        fake.hold(REGISTER)
        await fake.remove("geo-1")
        await eventually(lambda: fake.asked(REGISTER) == 2)
    else:
        await eventually(lambda: fake.asked("/v1/agent/service/geo-1") == 3)
        fake.hold("/v1/agent/service/geo-1")
    serving.cancel()
    await asyncio.sleep(0.05)
    assert not serving.done()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert not tasks_of(GEO)


def tasks_of(instance: Instance) -> list[asyncio.Task[Any]]:
    """The tasks that keep the instance registered."""
    return [t for t in asyncio.all_tasks() if t.get_name() == f"registration of {instance.id}"]
