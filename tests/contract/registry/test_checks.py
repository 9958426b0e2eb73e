"""What checks find and how they change a service, on both registries."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import grpc.aio
import pytest
import pytest_asyncio
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from tests.contract.registry.record import clear, own_node

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 20.0


class Target:
    """Something to check, whose answers a test decides."""

    def __init__(self, port: int, servicer: HealthServicer, grpc_port: int) -> None:
        self.http = f"127.0.0.1:{port}"
        self.grpc = f"127.0.0.1:{grpc_port}"
        self.servicer = servicer
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(status=self.status, text=f"{request.method} body")


@pytest_asyncio.fixture(loop_scope="module")
async def http(registry_url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(registry_url) as session:
        await clear(session, await own_node(session))
        yield session
        await clear(session, await own_node(session))


@pytest_asyncio.fixture(loop_scope="module")
async def target() -> AsyncIterator[Target]:
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    servicer = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    target = Target(0, servicer, server.add_insecure_port("127.0.0.1:0"))
    await server.start()
    await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    runner = web.ServerRunner(web.Server(target.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    target.http = f"127.0.0.1:{runner.addresses[0][1]}"
    yield target
    await runner.cleanup()
    await server.stop(None)


async def register(http: aiohttp.ClientSession, **check: Any) -> None:
    body = {"ID": "web-1", "Name": "web", "Check": {"Interval": "1s", "Timeout": "1s", **check}}
    async with http.put("/v1/agent/service/register", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def found(http: aiohttp.ClientSession, status: str, output: str = "") -> str:
    """The output of the check once it has this status and says this."""
    async with asyncio.timeout(LIMIT):
        while True:
            async with http.get("/v1/agent/checks") as answer:
                check = (await answer.json())["service:web-1"]
            if check["Status"] == status and output in check["Output"]:
                return str(check["Output"])
            await asyncio.sleep(0.05)


async def test_grpc(http: aiohttp.ClientSession, target: Target) -> None:
    """A gRPC check follows what the health service answers."""
    await register(http, GRPC=target.grpc)
    assert await found(http, "passing") == f"gRPC check {target.grpc}: success"
    await target.servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    expected = f"gRPC {target.grpc} serving status: NOT_SERVING"
    assert await found(http, "critical") == expected


async def test_grpc_of_one_service(http: aiohttp.ClientSession, target: Target) -> None:
    """A gRPC check may name a service; one that is not known is critical."""
    await register(http, GRPC=f"{target.grpc}/nobody")
    output = await found(http, "critical", "rpc error")
    assert output.startswith("rpc error: code = NotFound desc =")


async def test_grpc_refused(http: aiohttp.ClientSession) -> None:
    """A gRPC check of a port where nobody listens is critical, though it began as passing."""
    await register(http, GRPC="127.0.0.1:1", Status="passing")
    output = await found(http, "critical", "rpc error")
    assert output.startswith("rpc error: code = Unavailable desc =")


async def test_http(http: aiohttp.ClientSession, target: Target) -> None:
    """An HTTP check passes with 2xx, warns with 429 and is critical with the rest."""
    url = f"http://{target.http}/x"
    await register(http, HTTP=url, Method="POST", Header={"X-A": ["1", "2"]})
    assert await found(http, "passing") == f"HTTP POST {url}: 200 OK Output: POST body"
    target.status = 429
    output = await found(http, "warning")
    assert output == f"HTTP POST {url}: 429 Too Many Requests Output: POST body"
    target.status = 500
    output = await found(http, "critical")
    assert output == f"HTTP POST {url}: 500 Internal Server Error Output: POST body"


async def test_http_refused(http: aiohttp.ClientSession) -> None:
    """An HTTP check says why nobody answered."""
    await register(http, HTTP="http://127.0.0.1:1/")
    output = await found(http, "critical", "refused")
    assert output == 'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused'


async def test_tcp(http: aiohttp.ClientSession, target: Target) -> None:
    """A TCP check passes when a connection opens."""
    await register(http, TCP=target.http)
    assert await found(http, "passing") == f"TCP connect {target.http}: Success"


@pytest.mark.parametrize(
    ("address", "output"),
    [
        ("127.0.0.1:1", "dial tcp 127.0.0.1:1: connect: connection refused"),
        ("nowhere", "dial tcp: address nowhere: missing port in address"),
        ("1:2:3", "dial tcp: address 1:2:3: too many colons in address"),
    ],
)
async def test_tcp_fails(http: aiohttp.ClientSession, address: str, output: str) -> None:
    """A TCP check says why no connection opened."""
    await register(http, TCP=address)
    assert await found(http, "critical", "dial") == output


async def test_ttl_expires(http: aiohttp.ClientSession) -> None:
    """A TTL check whose owner is silent turns critical and keeps the last words."""
    await register(http, TTL="300ms", Interval=0, Status="passing")
    assert await found(http, "critical") == "TTL expired"
    async with http.put("/v1/agent/check/pass/service:web-1?note=fine"):
        pass
    await found(http, "passing", "fine")
    expected = "TTL expired (last output before timeout follows): fine"
    assert await found(http, "critical") == expected


async def test_failures_before_critical(http: aiohttp.ClientSession, target: Target) -> None:
    """A check stays as it is until it failed as often as was asked, the first time at once."""
    await register(http, HTTP=f"http://{target.http}/", FailuresBeforeCritical=3)
    await found(http, "passing")
    target.status = 500
    await asyncio.sleep(1.2)
    await found(http, "passing")
    await found(http, "critical")


async def test_success_before_passing(http: aiohttp.ClientSession, target: Target) -> None:
    """A check that failed stays critical until it passed as often as was asked."""
    target.status = 500
    await register(http, HTTP=f"http://{target.http}/", SuccessBeforePassing=3)
    await found(http, "critical", "500")
    target.status = 200
    await asyncio.sleep(1.2)
    await found(http, "critical", "500")
    await found(http, "passing")
