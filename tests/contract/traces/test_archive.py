"""The archive, which neither collector has unless it is given a storage for it."""

import aiohttp
import pytest

from tests.contract.traces.conftest import Collector

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("trace_id", "code", "message"),
    [
        ("ff", 500, "archive span storage was not configured"),
        ("zz", 400, 'strconv.ParseUint: parsing "zz": invalid syntax'),
    ],
)
async def test_nothing_is_archived(
    trace_id: str, code: int, message: str, collector: Collector, http: aiohttp.ClientSession
) -> None:
    """Jaeger's UI learns in Jaeger's words that there is no archive."""
    async with http.post(f"{collector.url}/api/archive/{trace_id}") as response:
        assert response.status == code
        answer = await response.json(content_type=None)
    assert answer["errors"] == [{"code": code, "msg": message}]
