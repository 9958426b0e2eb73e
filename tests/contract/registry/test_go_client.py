"""What Consul's official Go client makes of both registries."""

import asyncio
import json
import os
from typing import Any

import pytest

from innkeeper.embedded.registry import RegistryServer
from tests.contract.registry import normal
from tests.support.consul import running_consul
from tests.support.consul_goclient import goclient_binary

pytestmark = pytest.mark.real

LIMIT = 60.0


async def walked(url: str) -> dict[str, Any]:
    """The steps of `goclient/main.go` by name, with what the client made of each answer."""
    process = await asyncio.create_subprocess_exec(
        goclient_binary(),
        env={**os.environ, "CONSUL_HTTP_ADDR": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(LIMIT):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    lines = [json.loads(line) for line in output.splitlines()]
    return {line.pop("step"): alike(line) for line in lines}


def alike(value: Any) -> Any:
    """Without what differs from one machine, or one run, to the next."""
    if isinstance(value, list):
        return sorted((alike(each) for each in value), key=json.dumps)
    if not isinstance(value, dict):
        return value
    shown = {key: alike(each) for key, each in value.items()}
    if shown.get("Type") in ("tcp", "http", "grpc") and shown["Node"] != "other":
        # Whether a probe has run yet is a matter of time.
        shown["Output"] = "probed"
    for key in normal.INDEXES:
        if key in shown:
            shown[key] = shown[key] > 0
    for key in ("Node", "ContentHash"):
        if isinstance(shown.get(key), str) and shown[key] != "other":
            shown[key] = "some"
    return shown


async def test_every_step_has_the_answer_of_consul() -> None:
    """The client reads the same from both, for agent, checks, catalog, health and keys, and for
    blocking queries and errors."""
    async with running_consul() as consul, RegistryServer(port=0) as server:
        expected, found = await walked(consul.url), await walked(server.url)
    assert len(found) > 50
    assert list(found) == list(expected)
    for step, answer in expected.items():
        assert found[step] == answer, step
