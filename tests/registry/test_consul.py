import asyncio
import time
from typing import Any

import pytest
from aiohttp import web

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.registry import Check, Consul, Instance
from innkeeper.settings import RegistrySettings
from tests.support.eventually import eventually
from tests.support.fake_consul import FakeConsul, answers

GEO = Instance("geo-1", "geo", "127.0.0.1", 8081, ("v1",), {"admin": "http://127.0.0.1:4000"})


async def test_register_enters_the_definition(fake: FakeConsul, consul: Consul) -> None:
    """The definition has the field names of Consul."""
    await consul.register(GEO, Check())
    assert fake.services["geo-1"] == {
        "ID": "geo-1",
        "Name": "geo",
        "Address": "127.0.0.1",
        "Port": 8081,
        "Tags": ["v1"],
        "Meta": {"admin": "http://127.0.0.1:4000"},
        "Check": Check().definition(GEO),
    }


async def test_register_without_a_check(fake: FakeConsul, consul: Consul) -> None:
    """An instance that nobody shall check has no check, not an empty one."""
    await consul.register(GEO, None)
    assert "Check" not in fake.services["geo-1"]


async def test_registered_instance_passes(consul: Consul) -> None:
    """What was entered comes back whole."""
    await consul.register(GEO, Check())
    assert (await consul.passing("geo")).instances == {GEO}


async def test_deregister_twice(fake: FakeConsul, consul: Consul) -> None:
    """An instance that is not there is as good as gone."""
    await consul.register(GEO, None)
    await consul.deregister("geo-1")
    await consul.deregister("geo-1")
    assert fake.services == {}


async def test_names_are_quoted(fake: FakeConsul, consul: Consul) -> None:
    """An id with a slash or a question mark names one instance, not another path."""
    await consul.register(Instance("a/b?c", "x/y z", "127.0.0.1", 1), None)
    assert await consul.registered("a/b?c") is not None
    assert len((await consul.passing("x/y z")).instances) == 1
    await consul.deregister("a/b?c")
    assert fake.services == {}


async def test_registered_blocks_until_the_entry_goes(fake: FakeConsul, consul: Consul) -> None:
    """With the hash of the entry the question waits, and is answered when the entry is lost."""
    await fake.put("geo", 1)
    entry = await consul.registered("geo-1")
    assert entry is not None
    asking = asyncio.create_task(consul.registered("geo-1", entry.content_hash))
    await eventually(lambda: len(fake.requests) == 2)
    assert not asking.done()
    await fake.remove("geo-1")
    assert await asking is None


async def test_passing_blocks_until_something_is_newer(fake: FakeConsul, consul: Consul) -> None:
    """With the index of an answer the question waits for the next one."""
    before = await consul.passing("geo")
    asking = asyncio.create_task(consul.passing("geo", before.index))
    await eventually(lambda: len(fake.requests) == 2)
    assert not asking.done()
    await fake.put("geo", 1)
    after = await asking
    assert after.index > before.index
    assert len(after.instances) == 1


async def test_passing_comes_back_after_the_wait(fake: FakeConsul, consul: Consul) -> None:
    """A quiet registry answers with what it had."""
    before = await consul.passing("geo")
    assert await consul.passing("geo", before.index, wait=0.01) == before


@pytest.mark.parametrize(
    "call",
    [
        lambda consul: consul.register(GEO, None),
        lambda consul: consul.deregister("geo-1"),
        lambda consul: consul.registered("geo-1"),
        lambda consul: consul.passing("geo"),
    ],
    ids=["register", "deregister", "registered", "passing"],
)
@pytest.mark.parametrize("status", [400, 403, 500, 503])
async def test_failures_are_unavailable(
    fake: FakeConsul, consul: Consul, call: Any, status: int
) -> None:
    """Whatever a registry fails with is one error, which names it."""
    fake.fault = answers(status, "because")
    with pytest.raises(Unavailable, match=rf"{fake.url} .*because"):
        await call(consul)


@pytest.mark.parametrize("body", ["{}", "[1]", "null", "oops"])
async def test_garbage_is_unavailable(fake: FakeConsul, consul: Consul, body: str) -> None:
    """JSON of another shape is never taken for an empty list or an unknown instance."""
    fake.fault = lambda _: web.Response(text=body, headers={"X-Consul-Index": "1"})
    with pytest.raises(Unavailable, match="as Consul does"):
        await consul.registered("geo-1")
    with pytest.raises(Unavailable, match="as Consul does"):
        await consul.passing("geo")


async def test_reachable_registry_lets_start(fake: FakeConsul) -> None:
    """A named registry that answers and has a leader is fine."""
    async with Consul(fake.settings(external=True)) as consul:
        await consul.check_reachable()


async def test_registry_that_nobody_named_is_not_asked(fake: FakeConsul, consul: Consul) -> None:
    """The registry that comes along may start later."""
    await fake.stop()
    await consul.check_reachable()


async def test_registry_that_starts_beside_us(fake: FakeConsul) -> None:
    """A named registry gets a moment to start."""
    await fake.stop()
    async with Consul(fake.settings(external=True)) as consul:
        checking = asyncio.create_task(consul.check_reachable(patience=10.0))
        await asyncio.sleep(0.05)
        await fake.start()
        await checking


async def test_unreachable_registry_stops_the_start(fake: FakeConsul) -> None:
    """A named registry that is not there ends the start with one line."""
    await fake.stop()
    async with Consul(fake.settings(external=True)) as consul:
        with pytest.raises(CannotStart, match=rf"{fake.url} cannot be reached") as caught:
            await consul.check_reachable(patience=0.2)
    assert "\n" not in str(caught.value)


async def test_hanging_registry_stops_the_start(fake: FakeConsul) -> None:
    """A named registry that takes connections and is silent holds the start up no longer than
    the patience."""
    fake.hold()
    async with Consul(fake.settings(external=True)) as consul:
        started = time.monotonic()
        with pytest.raises(CannotStart, match=r"did not answer within 0\.1 s"):
            await consul.check_reachable(patience=0.1)
        assert time.monotonic() - started < 4.0


@pytest.mark.parametrize(
    ("body", "reason"), [('""', "no leader"), ("17", "no string"), ("<html>", "no JSON")]
)
async def test_useless_registry_stops_the_start(fake: FakeConsul, body: str, reason: str) -> None:
    """A cluster without a leader and a server that is no Consul are told apart."""
    fake.fault = answers(200, body)
    async with Consul(fake.settings(external=True)) as consul:
        with pytest.raises(CannotStart, match=reason):
            await consul.check_reachable(patience=0.1)


async def test_refusing_registry_stops_the_start(fake: FakeConsul) -> None:
    """A refusal at the start names the token."""
    fake.fault = answers(403)
    async with Consul(fake.settings(external=True)) as consul:
        with pytest.raises(CannotStart, match="CONSUL_HTTP_TOKEN"):
            await consul.check_reachable(patience=0.1)


async def test_unreadable_authority_stops_the_start() -> None:
    """The session does not open with an authority's file that is not there."""
    settings = RegistrySettings(url="https://127.0.0.1:1", ca_file="/nowhere/ca.pem")
    with pytest.raises(CannotStart, match="CONSUL_CACERT"):
        async with Consul(settings):
            pass
