"""The registry as a whole, over HTTP."""

import asyncio
import socket

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from tests.support.eventually import eventually

GEO = {"ID": "geo-1", "Name": "geo", "Port": 8081, "Check": {"TTL": "1h", "Status": "passing"}}


async def test_a_registered_service_is_found(http: aiohttp.ClientSession) -> None:
    """A service that is registered shows in the health answers of its name."""
    async with http.put("/v1/agent/service/register", json=GEO) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
    async with http.get("/v1/health/service/geo?passing") as answer:
        [instance] = await answer.json()
    assert instance["Service"]["ID"] == "geo-1"
    assert instance["Checks"][-1]["Status"] == "passing"


async def test_a_blocking_query_waits_for_its_service(http: aiohttp.ClientSession) -> None:
    """A blocking query sleeps through changes of other services and wakes for its own."""
    async with http.get("/v1/health/service/geo") as answer:
        index = answer.headers["X-Consul-Index"]
    waiting = asyncio.create_task(http.get(f"/v1/health/service/geo?index={index}&wait=60s"))
    await http.put("/v1/agent/service/register", json={"Name": "rate"})
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await http.put("/v1/agent/service/register", json=GEO)
    async with await waiting as answer:
        assert int(answer.headers["X-Consul-Index"]) > int(index)
        assert len(await answer.json()) == 1


async def test_a_blocking_query_ends_with_its_wait(http: aiohttp.ClientSession) -> None:
    """A blocking query that nothing wakes answers with what there is when its wait is over."""
    async with http.get("/v1/catalog/services") as answer:
        index = answer.headers["X-Consul-Index"]
    async with http.get(f"/v1/catalog/services?index={index}&wait=10ms") as answer:
        assert answer.headers["X-Consul-Index"] == index


async def test_an_index_from_the_future_is_answered_at_once(http: aiohttp.ClientSession) -> None:
    """A watcher that outlived a registry learns at once that counting began anew."""
    async with http.get("/v1/catalog/services?index=99999&wait=60s") as answer:
        assert int(answer.headers["X-Consul-Index"]) < 99999


async def test_stopping_ends_blocking_queries() -> None:
    """A registry that stops answers those who wait and does not wait for their time to pass."""
    async with (
        RegistryServer(port=0) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        waiting = asyncio.create_task(session.get("/v1/health/service/geo?index=1&wait=60s"))
        await eventually(server.waiting)
        stopping = asyncio.create_task(server.__aexit__(None, None, None))
        async with await waiting as answer:
            assert await answer.json() == []
        await stopping


async def test_a_busy_port_is_an_os_error() -> None:
    """A port that somebody else listens on raises at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            async with RegistryServer(port=port):
                pass


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/v1/health/service/geo", "/v1/health/service/{service}", 200),
        ("GET", "/v1/health/service/geo?index=0", "/v1/health/service/{service}?index", 200),
        ("GET", "/v1/agent/service/no?hash=1", "/v1/agent/service/{service_id}?hash", 404),
        ("PUT", "/v1/kv/a/b?index=1", "/v1/kv/{key}", 200),
        ("DELETE", "/v1/catalog/nodes", "/v1/catalog/nodes", 405),
        ("GET", "/v1/made/up", "unknown", 404),
        ("GET", "/ui/dc1/services/geo", "/ui/{path}", 200),
    ],
)
async def test_requests_are_told_of(method: str, path: str, route: str, status: int) -> None:
    """Each under the template of its endpoint; one that may wait on purpose is told from others."""
    told = []
    async with (
        RegistryServer(port=0, observe=lambda *request: told.append(request[:3])) as server,
        aiohttp.ClientSession(server.url) as session,
        session.request(method, path) as answer,
    ):
        assert answer.status == status
    assert told == [(method, route, status)]
