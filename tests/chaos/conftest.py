"""A small HTTP server that answers /hotels rightly or wrongly, and a system that can be broken."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from innkeeper.bench import target
from innkeeper.bench.target import Target
from innkeeper.errors import CannotStart
from tests.support.eventually import eventually


class Hotels:
    """Answers every question with one hotel at the place that was asked for."""

    def __init__(self) -> None:
        self.status = 200
        self.port = 0
        self._accepted = 0
        self._open = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Target]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            found = await asyncio.to_thread(target.find, f"http://127.0.0.1:{self.port}")
            # A server that closes while it accepts would leave a connection open.
            await eventually(lambda: self._accepted > 0 and not self._open)
            try:
                yield found
            finally:
                await eventually(lambda: not self._open)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._accepted += 1
        self._open += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = self._body(head.split()[1].decode())
                await asyncio.sleep(0.002)
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (self.status, len(body))
                )
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open -= 1
            writer.close()

    @staticmethod
    def _body(path: str) -> bytes:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        out, arrival = (date.fromisoformat(asked[name]) for name in ("outDate", "inDate"))
        feature = {
            "id": "1",
            "type": "Feature",
            "properties": {
                "name": "Inn",
                "distance": 0,
                "plans": [{"nightly_prices": ["1"] * (out - arrival).days}],
            },
            "geometry": {
                "type": "Point",
                "coordinates": [float(asked["lon"]), float(asked["lat"])],
            },
        }
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


class FakeUp:
    """A system whose processes do at once what they are told."""

    def __init__(self, hotels: Hotels) -> None:
        self._hotels = hotels
        self.names = ["geo-1", "geo-2", "frontend-1", "frontend-2"]
        self.states = dict.fromkeys(self.names, "ready")
        self.asked: list[dict[str, Any]] = []
        self.refusal: str | None = None
        self.on_kill = 200
        """The status of answers once something was killed."""

    async def all(self, command: str, **arguments: Any) -> list[dict[str, Any]]:
        return [fact async for fact in self.ask(command, **arguments)]

    async def ask(self, command: str, **arguments: Any) -> AsyncGenerator[dict[str, Any], None]:
        if command == "watch":
            yield _fact("become", "geo-1", state="died", roles=["geo"])
            await asyncio.Event().wait()
        if command == "ps":
            for name in self.names:
                yield self._process(name)
            return
        self.asked.append({"command": command, **arguments})
        if self.refusal is not None:
            raise CannotStart(self.refusal)
        if command == "kill":
            self._hotels.status = self.on_kill
        yield _fact(command, str(arguments.get("instance", "geo-1")))

    def _process(self, name: str) -> dict[str, Any]:
        role = name.partition("-")[0]
        port = self._hotels.port if role == "frontend" else 1
        return {
            "instance": name,
            "roles": [role],
            "state": self.states[name],
            "addresses": {role: f"127.0.0.1:{port}"},
        }


def _fact(did: str, instance: str, **details: Any) -> dict[str, Any]:
    at = "2026-01-01T00:00:00.000Z"
    return {"did": did, "instance": instance, "at": at, "monotonic": time.monotonic(), **details}


@pytest.fixture
def hotels() -> Hotels:
    return Hotels()


@pytest.fixture
def up(hotels: Hotels) -> FakeUp:
    return FakeUp(hotels)
