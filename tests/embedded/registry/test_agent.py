"""What differs from Consul on purpose, and what an agent refuses."""

import asyncio
from io import BytesIO

import aiohttp
import pytest

from innkeeper.embedded.registry import limits


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> tuple[int, str]:
    async with http.put(f"/v1/{path}", json=body) as answer:
        return answer.status, await answer.text()


async def services(http: aiohttp.ClientSession) -> list[str]:
    async with http.get("/v1/agent/services") as answer:
        return list(await answer.json())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("agent/service/register", {"Name": "consul"}),
        ("agent/service/register", {"Name": "x", "Check": {"CheckID": "serfHealth", "TTL": "1h"}}),
        ("agent/check/register", {"Name": "serfHealth", "TTL": "1h"}),
    ],
)
async def test_its_own_entries_are_kept(
    http: aiohttp.ClientSession, path: str, body: dict[str, object]
) -> None:
    """Nobody registers over what the registry lists of itself."""
    status, text = await put(http, path, body)
    assert status == 400
    assert "belongs to the registry itself" in text


async def test_its_own_entries_cannot_be_removed(http: aiohttp.ClientSession) -> None:
    """What the registry lists of itself is nothing that was registered."""
    assert (await put(http, "agent/service/deregister/consul"))[0] == 404
    assert (await put(http, "agent/check/deregister/serfHealth"))[0] == 404
    assert (await put(http, "catalog/deregister", {"Node": "here"}))[0] == 200
    async with http.get("/v1/health/service/consul?passing") as answer:
        assert len(await answer.json()) == 1


async def test_a_service_leaves_after_exactly_the_time_it_gave(
    http: aiohttp.ClientSession,
) -> None:
    """Consul waits a minute at least before it removes a critical service; here it is as asked."""
    check = {"TTL": "1h", "DeregisterCriticalServiceAfter": "200ms"}
    await put(http, "agent/service/register", {"Name": "geo", "Check": check})
    assert await services(http) == ["geo"]
    async with http.get("/v1/health/service/geo") as answer:
        index = answer.headers["X-Consul-Index"]
    async with (
        asyncio.timeout(20),
        http.get(f"/v1/health/service/geo?index={index}&wait=30s") as answer,
    ):
        assert await answer.json() == []
    assert await services(http) == []


@pytest.mark.parametrize(
    "check",
    [
        {"UDP": "127.0.0.1:1", "Interval": "1s"},
        {"H2PING": "127.0.0.1:1", "Interval": "1s"},
        {"OSService": "x", "Interval": "1s"},
        {"AliasService": "x"},
        {"GRPC": "x:1", "GRPCUseTLS": True, "TLSSkipVerify": True, "Interval": "1s"},
    ],
)
async def test_checks_that_are_not_offered(
    http: aiohttp.ClientSession, check: dict[str, object]
) -> None:
    """A check that Consul could run is refused in words, and its service is not registered."""
    status, text = await put(http, "agent/service/register", {"Name": "x", "Check": check})
    assert status == 501
    assert "not offered" in text
    assert await services(http) == []


@pytest.mark.parametrize(
    "path",
    [
        *("acl/tokens", "acl/bootstrap", "session/list", "session/create", "event/list"),
        *("event/fire/x", "query", "query/x/execute", "txn", "config", "config/service-defaults/x"),
        *("connect/intentions", "connect/ca/roots", "agent/connect/ca/roots", "snapshot"),
        *("agent/connect/authorize", "operator/raft/configuration", "operator/usage"),
        *("coordinate/nodes", "coordinate/node/x", "coordinate/update", "agent/host"),
        *("agent/join/x", "agent/leave", "agent/force-leave/x", "agent/reload", "agent/monitor"),
        *("agent/token/default", "catalog/connect/x", "catalog/gateway-services/x"),
        *("health/connect/x", "health/ingress/x", "discovery-chain/x", "peerings", "peering/x"),
        *("exported-services", "internal/ui/service-topology/x"),
    ],
)
async def test_paths_that_are_not_offered(http: aiohttp.ClientSession, path: str) -> None:
    """What Consul has and this registry has not is told apart from what nobody has, whatever is
    done with it."""
    for method in ("GET", "PUT"):
        async with http.request(method, f"/v1/{path}") as answer:
            assert answer.status == 501
            assert "CONSUL_HTTP_ADDR" in await answer.text()


@pytest.mark.parametrize(
    "path",
    [
        "health/service/x?peer=y",
        "catalog/services?peer=y",
        "health/service/x?sg=y",
        "agent/metrics?format=prometheus",
    ],
)
async def test_parameters_that_are_not_offered(http: aiohttp.ClientSession, path: str) -> None:
    """What a parameter asks for is not left out in silence."""
    async with http.get(f"/v1/{path}") as answer:
        assert answer.status == 501
        assert "not offered" in await answer.text()


@pytest.mark.parametrize("near", ["_agent", "here"])
async def test_near(http: aiohttp.ClientSession, near: str) -> None:
    """What is near the agent comes first, as in a Consul that knows where its agent is."""
    other = {"Node": "a", "Address": "1.2.3.4", "Service": {"Service": "db"}}
    await put(http, "catalog/register", {**other, "Check": {"Name": "c", "ServiceID": "db"}})
    await put(http, "agent/service/register", {"Name": "db", "Check": {"TTL": "1h"}})

    async def nodes(path: str) -> list[str]:
        async with http.get(f"/v1/{path}") as answer:
            found = [each["Node"] for each in await answer.json()]
            return [each["Node"] if isinstance(each, dict) else each for each in found]

    for path in (
        *("catalog/nodes", "catalog/service/db", "health/service/db", "health/checks/db"),
        "health/state/critical",
    ):
        assert await nodes(path) == ["a", "here"]
        assert await nodes(f"{path}?near={near}") == ["here", "a"]


async def test_a_full_registry_says_so(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond its limits the registry refuses in words and keeps serving."""
    monkeypatch.setattr(limits, "MOST_ENTRIES", 4)
    assert (await put(http, "agent/service/register", {"Name": "a"}))[0] == 200
    assert (await put(http, "agent/service/register", {"Name": "b"}))[0] == 200
    status, text = await put(http, "agent/service/register", {"Name": "c"})
    assert (status, "at most 4 services and checks" in text) == (507, True)
    assert await services(http) == ["a", "b"]


async def test_a_huge_body_is_refused(http: aiohttp.ClientSession) -> None:
    """A body beyond the limit is refused, and the next caller notices nothing."""
    body = BytesIO(b'{"Name": "' + b"x" * 2_000_000 + b'"}')
    async with http.put("/v1/agent/service/register", data=body) as answer:
        assert answer.status == 413
        assert "too large" in await answer.text()
    assert await services(http) == []
