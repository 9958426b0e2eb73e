"""What an agent says about itself, on both registries."""

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from tests.support.consul import running_consul

pytestmark = pytest.mark.real


async def ask(url: str, path: str) -> Any:
    async with aiohttp.ClientSession(url) as http, http.get(f"/v1/{path}") as answer:
        return await answer.json()


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """What is said here and not there, or with another type."""
    if type(ours) is not type(theirs):
        yield f"{path}: {ours!r} is no {type(theirs).__name__}"
    elif isinstance(ours, dict):
        for name, value in ours.items():
            if name in theirs:
                yield from differences(value, theirs[name], f"{path}/{name}")
            else:
                yield f"{path}/{name}: not there"


async def test_self() -> None:
    """Everything that is said has Consul's name and type; who reads the configuration, the member
    or the version finds all of it."""
    async with running_consul() as consul, RegistryServer(port=0) as server:
        ours, theirs = await ask(server.url, "agent/self"), await ask(consul.url, "agent/self")
        assert list(differences(ours, theirs)) == []
        assert ours.keys() - {"xDS"} == theirs.keys() - {"xDS"}
        for part in ("Config", "Member", "Coord", "Meta"):
            assert ours[part].keys() == theirs[part].keys()
        assert ours["Config"]["Version"] == theirs["Config"]["Version"]
        [ours], [theirs] = (
            await ask(server.url, "agent/members"),
            await ask(consul.url, "agent/members"),
        )
        assert ours.keys() == theirs.keys()
        assert ours["Tags"].keys() <= theirs["Tags"].keys()
        ours, theirs = (
            await ask(server.url, "agent/version"),
            await ask(consul.url, "agent/version"),
        )
        assert ours.keys() == theirs.keys()
        assert list(differences(ours, theirs)) == []
