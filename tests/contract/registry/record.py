"""Writes down what a real Consul answers: python -m tests.contract.registry.record"""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from tests.contract.registry import normal
from tests.contract.registry.calls import Call
from tests.contract.registry.scenarios import SCENARIOS
from tests.support.consul import running_consul

ANSWERS = Path(__file__).with_name("answers.json")


async def play(url: str, calls: tuple[Call, ...]) -> list[Any]:
    """Clear the registry, make the calls one after another and return what they answered."""
    async with aiohttp.ClientSession(url) as http:
        node = await own_node(http)
        await clear(http, node)
        return [await _ask(http, call, node) for call in calls]


async def own_node(http: aiohttp.ClientSession) -> str:
    """The name of the node that the registry itself runs on."""
    async with http.get("/v1/agent/self") as answer:
        return str((await answer.json())["Config"]["NodeName"])


async def clear(http: aiohttp.ClientSession, node: str) -> None:
    """Remove everything that a scenario may have left."""
    for service in await _json(http, "/v1/agent/services"):
        await _put(http, "/v1/agent/service/deregister/" + service)
    for check in await _json(http, "/v1/agent/checks"):
        await _put(http, "/v1/agent/check/deregister/" + check)
    for other in await _json(http, "/v1/catalog/nodes"):
        if other["Node"] != node:
            await _put(http, "/v1/catalog/deregister", {"Node": other["Node"]})
    async with http.delete("/v1/kv/?recurse"):
        pass


async def _json(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(path) as answer:
        return await answer.json()


async def _put(http: aiohttp.ClientSession, path: str, body: object = None) -> None:
    async with http.put(path, json=body) as answer:
        answer.raise_for_status()


async def _ask(http: aiohttp.ClientSession, call: Call, node: str) -> Any:
    async with http.request(
        call.method,
        call.path.replace("{node}", node),
        data=call.content,
        headers=call.headers,
        allow_redirects=False,
    ) as answer:
        raw = await answer.read()
        is_json = answer.content_type == "application/json" and raw
        body = normal.body(json.loads(raw), node) if is_json else normal.text(raw.decode())
        return {
            "call": f"{call.method} {call.path}",
            "status": answer.status,
            "headers": normal.headers(answer.headers, answer.status),
            "body": body,
        }


async def _record() -> None:
    async with running_consul() as consul:
        answers = {name: await play(consul.url, calls) for name, calls in SCENARIOS.items()}
    ANSWERS.write_text(_written(answers))


def _written(answers: dict[str, list[Any]]) -> str:
    """JSON with one answer to a line, so that a change shows as the answer that changed."""
    scenarios = (
        f"{json.dumps(name)}: [\n"
        + ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in given)
        + "\n]"
        for name, given in answers.items()
    )
    return "{\n" + ",\n".join(scenarios) + "\n}\n"


if __name__ == "__main__":
    asyncio.run(_record())
