"""What the API answers, against what a real Consul 1.21 answered (`record.py`)."""

import json
from typing import Any

import pytest

from tests.contract.registry.record import ANSWERS, play
from tests.contract.registry.scenarios import SCENARIOS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return dict(json.loads(ANSWERS.read_text()))


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_answers_are_those_of_consul(
    scenario: str, registry_url: str, expected: dict[str, Any]
) -> None:
    """Each call gets the status, the headers and every field that a real Consul answers."""
    answers = await play(registry_url, SCENARIOS[scenario])
    for answer, wanted in zip(answers, expected[scenario], strict=True):
        assert answer == wanted
