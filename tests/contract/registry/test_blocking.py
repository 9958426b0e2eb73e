"""When a blocking query wakes and when it sleeps, on both registries."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.contract.registry.record import clear, own_node

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 20.0
WEB = {"ID": "web-1", "Name": "web", "Check": {"TTL": "1h", "Status": "passing"}}


class Asked:
    """An answer with its index."""

    def __init__(self, body: Any, index: int) -> None:
        self.body = body
        self.index = index


@pytest_asyncio.fixture(loop_scope="module")
async def http(registry_url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(registry_url) as session:
        await clear(session, await own_node(session))
        await put(session, "agent/service/register", WEB)
        yield session


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> None:
    async with http.put(f"/v1/{path}", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def ask(http: aiohttp.ClientSession, path: str, index: int = 0, wait: str = "30s") -> Asked:
    sign = "&" if "?" in path else "?"
    async with asyncio.timeout(LIMIT):
        async with http.get(f"/v1/{path}{sign}index={index}&wait={wait}") as answer:
            body = await answer.json() if answer.status == 200 else None
            return Asked(body, int(answer.headers["X-Consul-Index"]))


async def settled(http: aiohttp.ClientSession, path: str) -> int:
    """The index once nothing that was started before still moves it."""
    index = (await ask(http, path)).index
    while (after := (await ask(http, path, index, "200ms")).index) != index:
        index = after
    return index


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("health/service/web", "agent/check/warn/service:web-1"),
        ("health/service/web?passing", "agent/check/fail/service:web-1"),
        ("health/service/web", "agent/service/deregister/web-1"),
        ("health/service/web?passing", "agent/maintenance?enable=true"),
        ("health/checks/web", "agent/check/warn/service:web-1"),
        ("health/state/any", "agent/check/warn/service:web-1"),
        ("health/node/{node}", "agent/check/warn/service:web-1"),
        ("catalog/service/web", "agent/service/deregister/web-1"),
        ("catalog/services", "agent/service/deregister/web-1"),
        ("catalog/node/{node}", "agent/service/deregister/web-1"),
        ("kv/a/b", "kv/a/b"),
        ("kv/a?recurse", "kv/a/b"),
        ("kv/a?keys", "kv/a/b"),
    ],
)
async def test_a_change_wakes(http: aiohttp.ClientSession, path: str, change: str) -> None:
    """A blocking query answers with a higher index when what it asks for has changed."""
    path = path.replace("{node}", await own_node(http))
    index = await settled(http, path)
    waiting = asyncio.create_task(ask(http, path, index))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await put(http, change)
    assert (await waiting).index > index
    await put(http, "agent/maintenance?enable=false")


async def test_other_services_wake_nobody(http: aiohttp.ClientSession) -> None:
    """A watcher of one service sleeps while others come, change and go."""
    index = await settled(http, "health/service/web")
    waiting = asyncio.create_task(ask(http, "health/service/web", index, "1s"))
    await put(http, "agent/service/register", {**WEB, "ID": "api-1", "Name": "api"})
    await put(http, "agent/check/warn/service:api-1")
    await put(http, "agent/service/deregister/api-1")
    assert (await waiting).index == index


async def test_registering_the_same_wakes_nobody(http: aiohttp.ClientSession) -> None:
    """A service that is registered again as it was is no change."""
    index = await settled(http, "health/service/web")
    waiting = asyncio.create_task(ask(http, "health/service/web", index, "1s"))
    await put(http, "agent/service/register", WEB)
    await put(http, "agent/check/pass/service:web-1")
    assert (await waiting).index == index


async def test_a_service_that_comes_wakes_who_waits_for_it(http: aiohttp.ClientSession) -> None:
    """A service that nobody has registered yet can be waited for."""
    index = await settled(http, "health/service/later")
    waiting = asyncio.create_task(ask(http, "health/service/later", index))
    await put(http, "agent/service/register", {"Name": "later"})
    answer = await waiting
    assert answer.index > index
    assert [each["Service"]["ID"] for each in answer.body] == ["later"]


async def test_the_index_does_not_go_back_when_a_service_returns(
    http: aiohttp.ClientSession,
) -> None:
    """A service's index after it left and came back is above all that were told before."""
    before = await settled(http, "health/service/web")
    await put(http, "agent/service/deregister/web-1")
    gone = await settled(http, "health/service/web")
    await put(http, "agent/service/register", WEB)
    back = await settled(http, "health/service/web")
    assert before < gone < back


async def test_a_hash_blocks_until_the_service_changes(http: aiohttp.ClientSession) -> None:
    """An agent's service is waited for by the hash of its content."""
    async with http.get("/v1/agent/service/web-1") as answer:
        digest = answer.headers["X-Consul-ContentHash"]
    path = f"/v1/agent/service/web-1?hash={digest}&wait=30s"
    waiting = asyncio.create_task(http.get(path))
    await put(http, "agent/check/warn/service:web-1")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await put(http, "agent/service/register", {**WEB, "Port": 99})
    async with asyncio.timeout(LIMIT), await waiting as answer:
        assert (await answer.json())["Port"] == 99
        assert answer.headers["X-Consul-ContentHash"] != digest


async def test_a_hash_that_waits_for_nothing_comes_back(http: aiohttp.ClientSession) -> None:
    """Without a change the same hash is answered when the wait is over."""
    async with http.get("/v1/agent/service/web-1") as answer:
        digest = answer.headers["X-Consul-ContentHash"]
    async with http.get(f"/v1/agent/service/web-1?hash={digest}&wait=100ms") as answer:
        assert answer.headers["X-Consul-ContentHash"] == digest
