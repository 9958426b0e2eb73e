"""The real `consul` command line, on both registries."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.consul import consul_binary

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

LIMIT = 20.0
WEB = {"ID": "web-1", "Name": "web", "Port": 80, "Tags": ["b", "a"], "Check": {"TTL": "1h"}}


class CommandLine:
    """Runs `consul` against one registry."""

    def __init__(self, url: str) -> None:
        self._environ = {**os.environ, "CONSUL_HTTP_ADDR": url}

    @asynccontextmanager
    async def started(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a command until the block ends."""
        process = await asyncio.create_subprocess_exec(
            *(consul_binary(), *words),
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def __call__(self, *words: str, status: int = 0) -> str:
        """What a command writes to its output, or to its errors when it is to fail."""
        async with self.started(*words) as process, asyncio.timeout(LIMIT):
            output, errors = await process.communicate()
        assert process.returncode == status, (output, errors)
        return (errors if status else output).decode()


@pytest_asyncio.fixture(loop_scope="module")
async def consul(registry_url: str) -> AsyncIterator[CommandLine]:
    consul = CommandLine(registry_url)
    yield consul
    services = (await consul("catalog", "services")).split()
    if "web" in services:
        await consul("services", "deregister", "-id", "web-1")
    await consul("kv", "delete", "-recurse", "")


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"service": WEB}))
    return file


async def test_services(consul: CommandLine, definition: Path) -> None:
    """Services are registered from a file or by options, listed and taken off."""
    said = await consul("services", "register", str(definition))
    assert said == "Registered service: web\n"
    await consul("services", "register", "-name", "api", "-port", "81", "-tag", "x")
    assert (await consul("catalog", "services")).split() == ["api", "consul", "web"]
    tagged = (await consul("catalog", "services", "-tags")).splitlines()
    assert [line.split() for line in tagged] == [["api", "x"], ["consul"], ["web", "a,b"]]
    await consul("services", "deregister", "-id", "api")
    await consul("services", "deregister", str(definition))
    assert (await consul("catalog", "services")).split() == ["consul"]
    said = await consul("services", "deregister", "-id", "api", status=1)
    assert 'Unknown service ID "api"' in said


async def test_catalog(consul: CommandLine, definition: Path) -> None:
    """Datacenters and nodes are listed, the latter by service and by filter."""
    await consul("services", "register", str(definition))
    assert await consul("catalog", "datacenters") == "dc1\n"
    head, row = (await consul("catalog", "nodes", "-service", "web")).splitlines()
    assert head.split() == ["Node", "ID", "Address", "DC"]
    assert row.split()[2:] == ["127.0.0.1", "dc1"]
    assert row == (await consul("catalog", "nodes", "-near", "_agent")).splitlines()[1]


async def test_members(consul: CommandLine) -> None:
    """The registry is its own only member, alive and a server."""
    head, row = (await consul("members")).splitlines()
    assert head.split() == [
        *("Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Partition", "Segment")
    ]
    assert row.split()[2:] == ["alive", "server", "1.21.0", "2", "dc1", "default", "<all>"]
    assert (await consul("info")).startswith("agent:\n")


async def test_keys(consul: CommandLine, tmp_path: Path) -> None:
    """Keys are written, read, listed, compared, exported, imported and deleted."""
    assert (
        await consul("kv", "put", "-flags", "7", "a/ü b", "one")
        == "Success! Data written to: a/ü b\n"
    )
    assert await consul("kv", "get", "a/ü b") == "one\n"
    detail = dict(
        line.split(maxsplit=1)
        for line in (await consul("kv", "get", "-detailed", "a/ü b")).splitlines()
    )
    assert (detail["Flags"], detail["Value"], detail["LockIndex"]) == ("7", "one", "0")
    said = await consul("kv", "put", "-cas", "-modify-index", "1", "a/ü b", "two", status=1)
    assert "CAS failed" in said
    await consul("kv", "put", "-cas", "-modify-index", detail["ModifyIndex"], "a/ü b", "two")
    await consul("kv", "put", "a/deep/key", "three")
    assert await consul("kv", "get", "-recurse", "a/") == "a/deep/key:three\na/ü b:two\n"
    assert await consul("kv", "get", "-keys", "a/") == "a/deep/\na/ü b\n"
    exported = tmp_path / "keys.json"
    exported.write_text(await consul("kv", "export", "a/"))
    assert (
        await consul("kv", "delete", "-recurse", "a/") == "Success! Deleted keys with prefix: a/\n"
    )
    assert "No key exists at: a/deep/key" in await consul("kv", "get", "a/deep/key", status=1)
    await consul("kv", "import", f"@{exported}")
    assert await consul("kv", "get", "-recurse", "a/") == "a/deep/key:three\na/ü b:two\n"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (("services",), lambda told: "web" in told),
        (("service", "-service", "web"), lambda told: told and told[0]["Service"]["Port"] == 80),
        (("checks", "-service", "web"), lambda told: told and told[0]["Type"] == "ttl"),
        (("key", "-key", "a/b"), lambda told: told and told["Key"] == "a/b"),
        (("keyprefix", "-prefix", "a/"), lambda told: told and told[0]["Key"] == "a/b"),
    ],
    ids=lambda kind: kind[0] if isinstance(kind, tuple) else "",
)
async def test_watch(
    consul: CommandLine, definition: Path, kind: tuple[str, ...], shown: Callable[[Any], bool]
) -> None:
    """A watch tells its handler of what there is, and of what comes."""
    async with consul.started("watch", "-type", *kind, "-shell=false", "cat") as watching:
        assert watching.stdout is not None
        async with asyncio.timeout(LIMIT):
            if kind == ("services",):
                # There is always one, so that the rest is surely told of while it waits.
                assert "consul" in json.loads(await watching.stdout.readline())
            await consul("services", "register", str(definition))
            await consul("kv", "put", "a/b", "c")
            while not shown(json.loads(await watching.stdout.readline())):
                pass
