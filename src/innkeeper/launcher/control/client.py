"""The end of the control socket that a command holds."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.launcher.control.directory import choose, entries
from innkeeper.launcher.control.server import LONGEST_LINE

GREETING_LIMIT = 5.0
"""Seconds until an `up` that hangs is given up."""


@dataclass(frozen=True)
class System:
    """A running `up`. Each question has a connection of its own."""

    path: Path
    """Its socket."""

    async def ask(self, command: str, **arguments: object) -> AsyncGenerator[dict[str, Any], None]:
        """Have something done; what was done comes as it is done.

        Raises:
            CannotStart: it cannot be done, or `up` does not answer; the text is one line.
        """
        async with self._connected() as (reader, writer):
            await self._greeting(reader)
            writer.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
            while True:
                match await self._message(reader):
                    case {"told": dict(told)}:
                        yield told
                    case {"error": error}:
                        raise CannotStart(str(error))
                    case {"done": _}:
                        return

    async def all(self, command: str, **arguments: object) -> list[dict[str, Any]]:
        """The same, once all is done."""
        async with contextlib.aclosing(self.ask(command, **arguments)) as facts:
            return [fact async for fact in facts]

    async def about(self) -> dict[str, Any]:
        """Which `up` this is: its `pid`, `name` and, where it has one, `url`."""
        async with self._connected() as (reader, _):
            return await self._greeting(reader)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            reader, writer = await asyncio.open_unix_connection(self.path, limit=LONGEST_LINE)
        except OSError as error:
            raise CannotStart(f"`innkeeper up` at {self.path}: {error.strerror}") from None
        try:
            yield reader, writer
        finally:
            writer.close()

    async def _greeting(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            async with asyncio.timeout(GREETING_LIMIT):
                greeting = await self._message(reader)
        except TimeoutError:
            raise CannotStart(
                f"`innkeeper up` has not answered for {GREETING_LIMIT:g} s: does it hang?"
            ) from None
        about = greeting.get("up")
        return dict(about) if isinstance(about, Mapping) else {}

    async def _message(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            message = json.loads(await reader.readuntil())
        except (OSError, asyncio.IncompleteReadError):
            raise CannotStart("`innkeeper up` has ended meanwhile") from None
        except (ValueError, asyncio.LimitOverrunError):
            raise CannotStart("`innkeeper up` said what cannot be understood") from None
        return message if isinstance(message, dict) else {}


def find(folder: Path, wanted: str | None) -> System:
    """The running `up` of that name or pid, or the only one.

    Raises:
        CannotStart: there is none, or not exactly one.
    """
    return System(choose(entries(folder), wanted).path)
