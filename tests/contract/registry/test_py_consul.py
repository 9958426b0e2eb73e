"""py-consul, a client that others wrote, on both registries."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio

from tests.contract.registry.record import clear, own_node

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from consul import Check
    from consul.aio import Consul

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def consul(registry_url: str) -> AsyncIterator[Any]:
    async with aiohttp.ClientSession(registry_url) as session:
        await clear(session, await own_node(session))
    address = urlsplit(registry_url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = Consul(host=address.hostname, port=address.port)
    yield client
    await client.http.close()


async def test_agent(consul: Any) -> None:
    """The agent calls register, tell about, take out of rotation and remove a service."""
    check = Check.ttl("1h")
    assert await consul.agent.service.register(
        "web", service_id="web-1", address="10.0.0.1", port=80, tags=["a"], check=check
    )
    assert (await consul.agent.services())["web-1"]["Port"] == 80
    assert await consul.agent.check.ttl_pass("service:web-1", "fine")
    assert (await consul.agent.checks())["service:web-1"]["Output"] == "fine"
    assert await consul.agent.check.ttl_warn("service:web-1")
    assert await consul.agent.check.ttl_fail("service:web-1")
    assert await consul.agent.check.register("mine", check=check, service_id="web-1")
    assert await consul.agent.check.deregister("mine")
    assert await consul.agent.service.maintenance("web-1", "true", "why")
    assert await consul.agent.service.maintenance("web-1", "false")
    assert await consul.agent.maintenance("true", "why")
    assert await consul.agent.maintenance("false")
    assert (await consul.agent.self())["Config"]["Datacenter"] == "dc1"
    assert len(await consul.agent.members()) == 1
    assert await consul.agent.service.deregister("web-1")
    assert "web-1" not in await consul.agent.services()


async def test_catalog(consul: Any) -> None:
    """The catalog calls write, list and remove a node and its service."""
    service = {"Service": "db", "ID": "db-1", "Tags": ["t"], "Port": 5}
    assert await consul.catalog.register("other", "1.2.3.4", service=service)
    assert await consul.catalog.datacenters() == ["dc1"]
    _, nodes = await consul.catalog.nodes()
    assert "other" in [node["Node"] for node in nodes]
    index, services = await consul.catalog.services()
    assert services["db"] == ["t"]
    assert int(index) > 0
    _, instances = await consul.catalog.service("db", tag="t")
    assert [each["ServiceID"] for each in instances] == ["db-1"]
    _, node = await consul.catalog.node("other")
    assert list(node["Services"]) == ["db-1"]
    assert await consul.catalog.deregister("other", service_id="db-1")
    assert await consul.catalog.deregister("other")
    _, instances = await consul.catalog.service("db")
    assert instances == []


async def test_health(consul: Any) -> None:
    """The health calls tell of instances, nodes and states, and wait for changes."""
    await consul.agent.service.register("web", check=Check.ttl("1h"))
    _, instances = await consul.health.service("web", passing=True)
    assert instances == []
    index, instances = await consul.health.service("web")
    assert len(instances) == 1
    waiting = asyncio.create_task(consul.health.service("web", index=index, wait="20s"))
    await asyncio.sleep(0.05)
    await consul.agent.check.ttl_pass("service:web")
    newer, instances = await waiting
    assert int(newer) > int(index)
    assert instances[0]["Checks"][-1]["Status"] == "passing"
    _, checks = await consul.health.checks("web")
    assert [check["CheckID"] for check in checks] == ["service:web"]
    _, checks = await consul.health.node(instances[0]["Node"]["Node"])
    assert {"serfHealth", "service:web"} <= {check["CheckID"] for check in checks}
    _, checks = await consul.health.state("passing")
    assert "service:web" in [check["CheckID"] for check in checks]


async def test_status(consul: Any) -> None:
    """The leader is the only peer."""
    leader = await consul.status.leader()
    assert leader
    assert await consul.status.peers() == [leader]


async def test_keys(consul: Any) -> None:
    """The key calls write, read, list, compare and delete."""
    assert await consul.kv.put("a/b", "one", flags=7)
    index, entry = await consul.kv.get("a/b")
    assert (entry["Value"], entry["Flags"]) == (b"one", 7)
    assert not await consul.kv.put("a/b", "two", cas=1)
    assert await consul.kv.put("a/b", "two", cas=entry["ModifyIndex"])
    assert (await consul.kv.get("a/", keys=True))[1] == ["a/b"]
    assert [each["Value"] for each in (await consul.kv.get("a", recurse=True))[1]] == [b"two"]
    assert await consul.kv.delete("a", recurse=True)
    assert (await consul.kv.get("a/b"))[1] is None
    assert int(index) > 0
