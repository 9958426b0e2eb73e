"""What the registry client promises, over the registry that comes along and a real Consul."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import pytest

from innkeeper import registry as short_form
from innkeeper.registry import Check, Consul, Instance, Update, Watch, registered, watch
from innkeeper.settings import RegistrySettings
from tests.support.eventually import eventually
from tests.support.health_server import HealthServer
from tests.support.registries import Registry

LIMIT = 20.0


def geo(number: int, port: int) -> Instance:
    return Instance(f"geo-{number}", "geo", "127.0.0.1", port, ("v1",), {"admin": "http://x:1"})


async def until(following: Watch, holds: Callable[[Update], bool]) -> Update:
    """The first update that is so."""
    async with asyncio.timeout(LIMIT):
        async for update in following:
            if holds(update):
                return update
    raise AssertionError("a watch does not end")


def names(*instances: Instance) -> Callable[[Update], bool]:
    return lambda update: update.instances == frozenset(instances)


async def test_registered_instance_passes(consul: Consul, first: HealthServer) -> None:
    """An instance is on the passing list, whole, when the block starts, and off it at its end."""
    one = geo(1, first.port)
    async with registered(consul, one):
        assert (await consul.passing("geo")).instances == {one}
    assert (await consul.passing("geo")).instances == frozenset()


async def test_serving_instance_keeps_passing(
    consul: Consul, first: HealthServer, second: HealthServer
) -> None:
    """The checks of a server that serves succeed, by gRPC and by TCP."""
    over_grpc, over_tcp = geo(1, first.port), geo(2, second.port)
    async with registered(consul, over_grpc), registered(consul, over_tcp, Check("tcp")):
        await asyncio.sleep(2.5)
        assert (await consul.passing("geo")).instances == {over_grpc, over_tcp}


async def test_watch_sees_joining_and_leaving(
    consul: Consul, first: HealthServer, second: HealthServer
) -> None:
    """A watch tells each change, and that a list that became empty proves nothing."""
    one, two = geo(1, first.port), geo(2, second.port)
    following = watch(consul, "geo")
    assert await anext(following) == Update(frozenset(), complete=True)
    async with registered(consul, one):
        assert await until(following, names(one)) == Update(frozenset({one}), complete=True)
        async with registered(consul, two):
            assert (await until(following, names(one, two))).complete
        assert (await until(following, names(one))).complete
    assert not (await until(following, names())).complete


async def test_killed_instance_leaves_and_its_successor_joins(
    consul: Consul, first: HealthServer, second: HealthServer
) -> None:
    """A killed server is off the list within 3 s; another one under its id takes its place."""
    one, two = geo(1, first.port), geo(2, second.port)
    following = watch(consul, "geo")
    async with registered(consul, two):
        # Entered without keeping it, as a process leaves it behind that is killed.
        await consul.register(one, Check())
        await until(following, names(one, two))
        await asyncio.sleep(1.5)
        await first.kill()
        killed = time.monotonic()
        assert (await until(following, names(two))).complete
        assert time.monotonic() - killed < 3.0
        successor = geo(1, second.port)
        async with registered(consul, successor):
            assert (await until(following, names(successor, two))).complete


async def test_hanging_instance_leaves(
    consul: Consul, first: HealthServer, second: HealthServer
) -> None:
    """A server that is stopped leaves the list although it still takes connections."""
    one, two = geo(1, first.port), geo(2, second.port)
    following = watch(consul, "geo")
    async with registered(consul, one), registered(consul, two):
        await until(following, names(one, two))
        first.halt()
        try:
            await until(following, names(two))
        finally:
            first.resume()
        await until(following, names(one, two))


async def test_instance_that_says_it_does_not_serve_leaves(
    consul: Consul, first: HealthServer
) -> None:
    """The check asks for the named service and believes NOT_SERVING."""
    one = geo(1, first.port)
    following = watch(consul, "geo")
    async with registered(consul, one, Check(service="asleep")):
        await until(following, names(one))
        await until(following, names())


async def test_forgotten_instance_registers_again(
    consul: Consul, registry: Registry, first: HealthServer
) -> None:
    """An instance that somebody takes off the registry is back at once."""
    one = geo(1, first.port)
    following = watch(consul, "geo")
    async with registered(consul, one) as registration:
        await until(following, names(one))
        async with (
            aiohttp.ClientSession() as session,
            session.put(f"{registry.url}/v1/agent/service/deregister/geo-1") as response,
        ):
            assert response.status == 200
        await eventually(lambda: registration.entries == 2)
        assert (await consul.passing("geo")).instances == {one}


async def test_registry_that_restarts_empty(
    consul: Consul, registry: Registry, first: HealthServer, second: HealthServer
) -> None:
    """After a restart without memory the instances register again. Until they had the time to, no
    update is complete, so that nobody drops an endpoint."""
    one, two = geo(1, first.port), geo(2, second.port)
    following = watch(consul, "geo", settle=4.0)
    async with registered(consul, one), registered(consul, two):
        await until(following, names(one, two))
        seen: list[Update] = []

        def back_and_trusted(update: Update) -> bool:
            seen.append(update)
            return update.complete

        waiting = asyncio.create_task(until(following, back_and_trusted))
        await registry.stop()
        await registry.start()
        assert (await waiting).instances == {one, two}
        assert len(seen) >= 2


async def test_registry_that_starts_later(registry: Registry, first: HealthServer) -> None:
    """Instance and watch begin without a registry and find it when it is there."""
    one = geo(1, first.port)
    await registry.stop()
    async with Consul(RegistrySettings(url=registry.url)) as consul:
        async with registered(consul, one) as registration:
            assert not registration.entered
            following = watch(consul, "geo")
            waiting = asyncio.create_task(until(following, names(one)))
            await registry.start()
            await waiting
        assert (await consul.passing("geo")).instances == frozenset()


async def test_successor_elsewhere_is_left_alone(
    consul: Consul, first: HealthServer, second: HealthServer
) -> None:
    """When another process has taken the id over, leaving does not take its entry away."""
    one, successor = geo(1, first.port), geo(1, second.port)
    async with registered(consul, one) as registration:
        await consul.register(successor, Check())
        await asyncio.sleep(0.5)
        assert registration.entries == 1
    assert (await consul.passing("geo")).instances == {successor}


async def test_unknown_names(consul: Consul) -> None:
    """Nobody is no error: neither on a list nor under an id nor at leaving."""
    assert (await consul.passing("nobody")).instances == frozenset()
    assert await consul.registered("nobody-1") is None
    await consul.deregister("nobody-1")


async def test_names_of_any_kind(consul: Consul) -> None:
    """Signs that mean something in a URL do not lead elsewhere."""
    odd = Instance("a b?c#d%2f", "x y?z", "127.0.0.1", 1)
    await consul.register(odd, None)
    assert await consul.registered(odd.id) is not None
    assert (await consul.passing(odd.service)).instances == {odd}
    await consul.deregister(odd.id)
    assert await consul.registered(odd.id) is None


async def test_named_registry_lets_start(registry: Registry) -> None:
    """A registry that the user names and that runs is reachable."""
    async with Consul(RegistrySettings(url=registry.url, external=True)) as consul:
        await consul.check_reachable()


async def test_short_form(
    consul: Consul,
    registry: Registry,
    first: HealthServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A service of somebody's own is there by name and port alone."""
    monkeypatch.setenv("CONSUL_HTTP_ADDR", registry.url)
    async with short_form.register("billing", port=first.port):
        (instance,) = (await consul.passing("billing")).instances
        assert instance.id == "billing-1"
    assert (await consul.passing("billing")).instances == frozenset()
