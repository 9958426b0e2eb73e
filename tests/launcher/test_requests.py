"""Commands to a process, and what it says became of them."""

import asyncio
import json
from typing import Any, cast

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.requests import Requests


class FakeTransport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.lines += [json.loads(line) for line in data.splitlines()]


def opened() -> tuple[Requests, FakeTransport]:
    requests, transport = Requests(4711), FakeTransport()
    requests.open(cast(asyncio.WriteTransport, transport))
    return requests, transport


async def test_each_command_gets_its_own_answer() -> None:
    """Answers find their commands by the id, in whichever order they come."""
    requests, transport = opened()
    asked = [
        asyncio.ensure_future(requests.ask({"command": "fault", "role": role}, 5))
        for role in ("geo", "rate")
    ]
    await asyncio.sleep(0)
    first, second = (line["id"] for line in transport.lines)
    requests.hear({"event": "refused", "id": second, "reason": "not\nhere"})
    requests.hear({"event": "done", "id": first})
    await asked[0]
    with pytest.raises(CannotStart, match=r"^not here$"):
        await asked[1]


async def test_other_words_are_passed_over() -> None:
    """What answers nothing that was asked harms nothing."""
    requests, transport = opened()
    asked = asyncio.ensure_future(requests.ask({"command": "fault"}, 5))
    await asyncio.sleep(0)
    for message in ({"event": "ready"}, {"event": "done", "id": 99}, {"event": "sung", "id": 1}):
        requests.hear(message)
    requests.hear({"event": "done", "id": transport.lines[0]["id"]})
    await asked
    requests.hear({"event": "done", "id": transport.lines[0]["id"]})


async def test_a_process_that_does_not_answer() -> None:
    """A process that hangs is given up after the limit."""
    requests, _ = opened()
    with pytest.raises(CannotStart, match=r"process 4711 has not answered for 0.01 s: does it h"):
        await requests.ask({"command": "fault"}, 0.01)


async def test_a_process_that_ends() -> None:
    """A process that ends answers nothing any more, nor does it later."""
    requests, _ = opened()
    asked = asyncio.ensure_future(requests.ask({"command": "fault"}, 5))
    await asyncio.sleep(0)
    requests.close()
    for attempt in (asked, requests.ask({"command": "fault"}, 5)):
        with pytest.raises(CannotStart, match="process 4711 has ended"):
            await attempt
