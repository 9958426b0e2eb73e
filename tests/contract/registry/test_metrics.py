"""The metrics of the agent, on both registries."""

import asyncio
import re
from typing import Any

import aiohttp
import pytest

from tests.contract.registry.record import own_node

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 40.0
HERE = {"datacenter": "dc1"}
GAUGES: dict[str, dict[str, str]] = {
    "autopilot.healthy": {},
    "members.clients": HERE,
    "members.servers": HERE,
    "raft.applied_index": {},
    "raft.last_index": {},
    "server.isLeader": {},
    "state.kv_entries": HERE,
    "state.nodes": HERE,
    "state.service_instances": HERE,
    "state.services": HERE,
    "version": {"pre_release": "", "version": "1.21.0"},
}
ASKED = {"method": "GET", "path": "v1_health_service_"}


async def test_metrics(registry_url: str) -> None:
    """Gauges and samples have the names, the labels and the fields of Consul's."""
    async with aiohttp.ClientSession(registry_url) as http, asyncio.timeout(LIMIT):
        node = await own_node(http)
        # Consul gathers for ten seconds before it tells, and counts what it holds now and then.
        while not is_whole(metrics := await ask(http), node):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d0 \+0000 UTC", metrics["Timestamp"])
    assert list(metrics) == ["Timestamp", "Gauges", "Points", "Counters", "Samples"]
    found = {gauge["Name"]: gauge for gauge in metrics["Gauges"]}
    for name, labels in GAUGES.items():
        gauge = found[f"consul.{node}.{name}"]
        assert list(gauge) == ["Name", "Value", "Labels"]
        assert gauge["Labels"] == labels
    assert found[f"consul.{node}.state.services"]["Value"] == 1
    sample = next(each for each in metrics["Samples"] if each["Labels"] == ASKED)
    assert sample["Name"] == "consul.api.http"
    assert list(sample) == [
        *("Name", "Count", "Rate", "Sum", "Min", "Max", "Mean", "Stddev", "Labels"),
    ]
    assert sample["Count"] > 0
    assert sample["Min"] <= sample["Mean"] <= sample["Max"] <= sample["Sum"]
    assert sample["Rate"] == pytest.approx(sample["Sum"] / 10)


async def ask(http: aiohttp.ClientSession) -> Any:
    async with http.get("/v1/health/service/consul"):
        pass
    async with http.get("/v1/agent/metrics") as answer:
        return await answer.json()


def is_whole(metrics: Any, node: str) -> bool:
    names = {gauge["Name"] for gauge in metrics["Gauges"]}
    asked = any(each["Labels"] == ASKED for each in metrics["Samples"])
    return asked and {f"consul.{node}.{name}" for name in GAUGES} <= names
