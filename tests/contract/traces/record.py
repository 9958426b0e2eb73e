"""Writes down what a real Jaeger answers: python -m tests.contract.traces.record"""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from tests.contract.traces.corpus import SPANS, corpus, questions
from tests.contract.traces.normal import normal
from tests.support.jaeger import running_jaeger
from tests.support.spans import send_encoded

ANSWERS = Path(__file__).with_name("answers.json")


async def ask(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """Status and normalised body of one answer."""
    async with http.get(url) as response:
        # Jaeger calls its errors text/plain; they are JSON.
        body = await response.json(content_type=None)
        return {"status": response.status, "body": normal(body)}


async def feed(http: aiohttp.ClientSession, url: str, otlp_grpc: str) -> None:
    """Send the corpus and wait until every span of it is found."""
    await send_encoded(otlp_grpc, corpus())
    for _ in range(200):
        if await _spans(http, url) == SPANS:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"not all spans arrived: {await _spans(http, url)}")


async def _spans(http: aiohttp.ClientSession, url: str) -> dict[int, int]:
    ids = "&".join(f"traceID={trace:x}" for trace in SPANS)
    async with http.get(f"{url}/api/traces?{ids}") as response:
        traces = (await response.json())["data"]
        return {int(trace["traceID"], 16): len(trace["spans"]) for trace in traces}


async def _record() -> None:
    async with running_jaeger() as jaeger, aiohttp.ClientSession() as http:
        await feed(http, jaeger.url, jaeger.otlp_grpc)
        answers = {path: await ask(http, jaeger.url + path) for path in questions()}
    ANSWERS.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    asyncio.run(_record())
