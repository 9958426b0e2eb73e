"""What the query API answers, against what a real Jaeger 1.76 answered (`record.py`)."""

import json
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.contract.traces.conftest import Collector
from tests.contract.traces.corpus import questions
from tests.contract.traces.record import ANSWERS, ask, feed

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fed(collector: Collector, http: aiohttp.ClientSession) -> Collector:
    await feed(http, collector.url, collector.otlp_grpc)
    return collector


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return dict(json.loads(ANSWERS.read_text()))


@pytest.mark.parametrize("path", questions(), ids=str)
async def test_the_answer_is_that_of_jaeger(
    path: str, fed: Collector, http: aiohttp.ClientSession, expected: dict[str, Any]
) -> None:
    """Each question gets the status and every field that a real Jaeger answers."""
    assert await ask(http, fed.url + path) == expected[path]
