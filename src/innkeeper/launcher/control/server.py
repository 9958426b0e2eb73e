"""The end of the control socket that `up` holds."""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Any

from innkeeper.errors import CannotStart
from innkeeper.launcher.control.operations import Facts, Operations, fact
from innkeeper.launcher.news import News

LONGEST_LINE = 1 << 20


class ControlServer:
    """Answers clients while its context is entered; leaving it breaks off what is under way."""

    def __init__(
        self,
        listener: socket.socket,
        operations: Operations,
        news: News,
        *,
        name: str,
        url: str | None,
    ) -> None:
        """`name` and `url` tell clients which `up` this is."""
        self._listener = listener
        self._operations = operations
        self._news = news
        self._about = {"pid": os.getpid(), "name": name, "url": url}
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ControlServer":
        self._server = await asyncio.start_unix_server(
            self._welcome, sock=self._listener, limit=LONGEST_LINE
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.create_task(self._attend(reader, writer))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            _send(writer, {"up": self._about})
            line = await _line(reader)
            if line is None:
                return
            work = asyncio.create_task(self._carry_out(line, writer))
            gone = asyncio.create_task(reader.read())
            try:
                await asyncio.wait([work, gone], return_when=asyncio.FIRST_COMPLETED)
            finally:
                # Nobody waits for it any more, or it is done.
                work.cancel()
                gone.cancel()
                await asyncio.gather(work, gone, return_exceptions=True)
            await writer.drain()

    async def _carry_out(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            async with contextlib.aclosing(self._operation(line)) as facts:
                async for told in facts:
                    _send(writer, {"told": told})
                    await writer.drain()
        except CannotStart as error:
            _send(writer, {"error": str(error)})
        else:
            _send(writer, {"done": {}})

    def _operation(self, line: bytes) -> AsyncGenerator[Facts, None]:
        try:
            command = json.loads(line)
        except ValueError:
            command = None
        operations = self._operations
        match command:
            case {"command": "ps"}:
                return operations.ps()
            case {"command": "watch"}:
                return self._watch()
            case {"command": "kill", "instance": str(instance), "signal": int(number)}:
                _check_signal(number)
                return operations.kill(instance, number, _seconds(command) or 0.0)
            case {"command": "hang", "instance": str(instance)}:
                return operations.hang(instance, _seconds(command))
            case {"command": "resume", "instance": str(instance)}:
                return operations.resume(instance)
            case {"command": "restart", "targets": [*targets]}:
                return operations.restart([str(target) for target in targets])
            case {"command": "scale", "name": str(name), "wanted": int(wanted)}:
                return operations.scale(name, wanted)
            case {"command": "fault", "role": str(role)}:
                known = ("latency", "errors", "seed", "for")
                return operations.fault(role, **{name: command.get(name) for name in known})
        raise CannotStart("the command is not understood: is this `innkeeper` another version?")

    async def _watch(self) -> AsyncGenerator[Facts, None]:
        """What becomes of the processes, until the client hangs up."""
        with self._news.follow() as unread:
            while True:
                event = await unread.get()
                known = {name: value for name, value in vars(event).items() if value is not None}
                yield fact("become", **known)


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """The command, None when the client hung up first or sent no end."""
    try:
        return await reader.readuntil()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None


def _send(writer: asyncio.StreamWriter, message: Mapping[str, object]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def _seconds(command: Mapping[str, Any]) -> float | None:
    seconds = command.get("for")
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None


def _check_signal(number: int) -> None:
    try:
        signal.Signals(number)
    except ValueError:
        raise CannotStart(f"there is no signal {number}") from None
