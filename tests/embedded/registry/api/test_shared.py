"""Answers that many get, encoded once."""

import asyncio
from typing import Any

import aiohttp
import pytest

from innkeeper.embedded.registry import RegistryServer
from innkeeper.embedded.registry.api import health, shared
from innkeeper.embedded.registry.state.catalog import Instance
from tests.support.eventually import eventually

GEO = {"ID": "geo-1", "Name": "geo", "Check": {"TTL": "1h", "Status": "passing"}}


@pytest.fixture
def viewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all instances that an answer was made of, one after another."""
    ids: list[str] = []
    view = health.instance_view

    def counted(instance: Instance) -> Any:
        ids.append(instance.service.id)
        return view(instance)

    monkeypatch.setattr(health, "instance_view", counted)
    return ids


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> None:
    async with http.put(f"/v1/{path}", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def get(http: aiohttp.ClientSession, path: str) -> tuple[int, Any]:
    async with http.get(f"/v1/health/service/{path}") as answer:
        return int(answer.headers["X-Consul-Index"]), await answer.json()


async def test_watchers_share_an_answer(
    server: RegistryServer, http: aiohttp.ClientSession, viewed: list[str]
) -> None:
    """What many watchers of one service are told is made once, whatever index they came with."""
    await put(http, "agent/service/register", GEO)
    index, _ = await get(http, "geo")
    viewed.clear()
    asked = [f"geo?index={index}&wait=60s", f"geo?wait=50s&index={index}", f"geo?index={index}"]
    watching = [asyncio.create_task(get(http, path)) for path in asked * 5]
    await eventually(lambda: server.waiting() == len(watching))
    assert viewed == []
    await put(http, "agent/check/warn/service:geo-1")
    answers = await asyncio.gather(*watching)
    assert {after > index for after, _ in answers} == {True}
    assert {body[0]["Checks"][-1]["Status"] for _, body in answers} == {"warning"}
    assert viewed == ["geo-1"]


async def test_other_questions_have_other_answers(http: aiohttp.ClientSession) -> None:
    """What a parameter changes about an answer is not lost by sharing."""
    await put(http, "agent/service/register", {**GEO, "Tags": ["a"]})
    await put(http, "agent/check/fail/service:geo-1")
    assert len((await get(http, "geo"))[1]) == 1
    assert len((await get(http, "geo?passing"))[1]) == 0
    assert len((await get(http, "geo?tag=b"))[1]) == 0
    assert len((await get(http, "rate"))[1]) == 0


async def test_a_new_output_shows_at_once(http: aiohttp.ClientSession) -> None:
    """An output that wakes nobody is in the next answer all the same."""
    await put(http, "agent/service/register", GEO)
    before, _ = await get(http, "geo")
    await put(http, "agent/check/pass/service:geo-1?note=fine")
    after, [instance] = await get(http, "geo")
    assert (after, instance["Checks"][-1]["Output"]) == (before, "fine")


async def test_what_is_kept_is_bounded(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers beyond the limit are given and not kept."""
    monkeypatch.setattr(shared, "MOST_BYTES", 10)
    await put(http, "agent/service/register", GEO)
    for _ in range(2):
        assert len((await get(http, "geo"))[1]) == 1
