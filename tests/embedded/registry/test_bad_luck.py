"""Clients and checks that behave badly, and what it costs the others: nothing."""

import asyncio
import gzip
import socket
from io import BytesIO

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from innkeeper.embedded.registry.api import kv
from innkeeper.embedded.registry.limits import LONGEST_LINE
from tests.support.eventually import eventually

BIG = b"x" * 500_000
GEO = {"ID": "geo-1", "Name": "geo", "Check": {"TTL": "1h", "Status": "passing"}}


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> tuple[int, str]:
    kind = "data" if isinstance(body, bytes) else "json"
    async with http.put(f"/v1/{path}", **{kind: body}) as answer:  # type: ignore[arg-type]
        return answer.status, await answer.text()


async def is_well(http: aiohttp.ClientSession) -> bool:
    """Whether somebody who registers and asks notices nothing."""
    async with asyncio.timeout(10):
        assert (await put(http, "agent/service/register", GEO))[0] == 200
        async with http.get("/v1/health/service/geo?passing") as answer:
            return len(await answer.json()) == 1


async def test_a_client_that_never_reads(server: RegistryServer) -> None:
    """Answers that nobody reads hold back neither other watchers nor the end."""
    port = int(server.url.rpartition(":")[2])
    deaf = [socket.socket() for _ in range(20)]
    async with aiohttp.ClientSession(server.url) as http:
        await put(http, "kv/big", BIG)
        async with http.get("/v1/kv/big") as answer:
            index = answer.headers["X-Consul-Index"]
        for each in deaf:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.connect(("127.0.0.1", port))
            each.sendall(f"GET /v1/kv/big?index={index} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        reading = asyncio.create_task(http.get(f"/v1/kv/big?index={index}"))
        await eventually(lambda: server.waiting() == len(deaf) + 1)
        await put(http, "kv/big", BIG + b"y")
        async with asyncio.timeout(10), await reading as answer:
            assert len(await answer.json()) == 1
        assert await is_well(http)
    async with asyncio.timeout(10):
        await server.__aexit__(None, None, None)
    for each in deaf:
        each.close()


async def test_keys_without_end(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit new keys are refused; those that are there can be changed and deleted."""
    monkeypatch.setattr(kv, "MOST_KEYS", 2)
    for key in ("a", "b"):
        assert await put(http, f"kv/{key}", b"x") == (200, "true")
    status, said = await put(http, "kv/c", b"x")
    assert (status, "at most 2 keys" in said) == (507, True)
    assert await put(http, "kv/a", b"y") == (200, "true")
    async with http.delete("/v1/kv/b") as answer:
        assert answer.status == 200
    assert await put(http, "kv/c", b"x") == (200, "true")


async def test_values_without_end(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All values together have a limit too."""
    monkeypatch.setattr(kv, "MOST_VALUE_BYTES", 10)
    assert await put(http, "kv/a", b"12345678") == (200, "true")
    status, said = await put(http, "kv/b", b"123")
    assert (status, "at most 10 bytes of values" in said) == (507, True)
    assert await put(http, "kv/a", b"1234567890") == (200, "true")


@pytest.mark.parametrize("key", ["k" * 513, "ü" * 300])
async def test_a_key_that_is_too_long(http: aiohttp.ClientSession, key: str) -> None:
    """A key has a limit in bytes."""
    status, said = await put(http, f"kv/{key}", b"x")
    assert (status, "at most 512 bytes in a key" in said) == (507, True)


async def test_a_body_that_would_grow_when_unpacked(http: aiohttp.ClientSession) -> None:
    """Nothing is unpacked, as Consul unpacks nothing: a bomb is no JSON."""
    bomb = BytesIO(gzip.compress(b" " * 1_000_000))
    headers = {"Content-Encoding": "gzip"}
    async with http.put("/v1/agent/service/register", data=bomb, headers=headers) as answer:
        assert answer.status == 400
        assert "invalid character" in await answer.text()
    assert await is_well(http)


@pytest.mark.parametrize(
    "head",
    [
        "GET /v1/kv/{long} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/kv/x HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n",
        "GET /v1/kv/x HTTP/1.1\r\n" + "X-Many: x\r\n" * 10_000 + "\r\n",
        "\x00\x01 no HTTP\r\n\r\n",
        "PUT /v1/kv/x HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    ],
    ids=["long address", "long header", "many headers", "no HTTP", "odd length"],
)
async def test_a_head_that_is_none(
    server: RegistryServer,
    http: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    head: str,
) -> None:
    """A request beyond all bounds gets 400 and nobody's log a traceback."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.url.rpartition(":")[2])
    writer.write(head.replace("{long}", "x" * (LONGEST_LINE + 1)).encode())
    async with asyncio.timeout(10):
        assert b" 400 " in await reader.readline()
    writer.close()
    assert await is_well(http)
    assert caplog.records == []


async def test_a_check_that_points_at_the_registry(
    server: RegistryServer, http: aiohttp.ClientSession
) -> None:
    """A check may ask the registry about the very service that it decides about."""
    url = f"{server.url}/v1/health/service/own"
    body = {"Name": "own", "Check": {"HTTP": url, "Interval": "1s"}}
    assert (await put(http, "agent/service/register", body))[0] == 200

    async def status() -> str:
        async with http.get("/v1/agent/checks") as answer:
            return str((await answer.json())["service:own"]["Status"])

    async with asyncio.timeout(10):
        while await status() != "passing":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await is_well(http)


async def test_an_alias_of_itself(http: aiohttp.ClientSession) -> None:
    """A check whose status would be its own is not taken."""
    body = {"Name": "own", "Check": {"AliasService": "own"}}
    status, said = await put(http, "agent/service/register", body)
    assert (status, "alias" in said) == (501, True)
    assert await is_well(http)
