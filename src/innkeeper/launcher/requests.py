"""Commands that a process is asked to carry out over its control socket, each under an id.

{"command": "fault", "id": 1, "role": "geo", "latency": 0.2}    ─▶ the process
{"event": "done", "id": 1}                                      ◀─
{"event": "refused", "id": 2, "reason": "geo does not run here"}
"""

import asyncio
import json
from collections.abc import Mapping
from itertools import count

from innkeeper.errors import CannotStart


class Requests:
    """What one process was asked and has not answered yet."""

    def __init__(self, pid: int) -> None:
        """`pid` is for messages."""
        self._pid = pid
        self._transport: asyncio.WriteTransport | None = None
        self._ids = count(1)
        self._waiting: dict[object, asyncio.Future[str | None]] = {}

    def open(self, transport: asyncio.WriteTransport) -> None:
        """Send commands here from now on."""
        self._transport = transport

    async def ask(self, command: Mapping[str, object], limit: float) -> None:
        """Send a command and wait for at most `limit` seconds until it was carried out.

        Raises:
            CannotStart: it was not; the text says why.
        """
        if self._transport is None:
            raise CannotStart(f"process {self._pid} has ended")
        id = next(self._ids)
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        self._transport.write(json.dumps({**command, "id": id}).encode() + b"\n")
        try:
            async with asyncio.timeout(limit):
                reason = await answer
        except TimeoutError:
            raise CannotStart(
                f"process {self._pid} has not answered for {limit:g} s: does it hang?"
            ) from None
        finally:
            del self._waiting[id]
        if reason is not None:
            raise CannotStart(reason)

    def hear(self, message: Mapping[str, object]) -> None:
        """Take what the process says; what is no answer is passed over."""
        answer = self._waiting.get(message.get("id"))
        if answer is None or answer.done():
            return
        match message:
            case {"event": "done"}:
                answer.set_result(None)
            case {"event": "refused", "reason": reason}:
                answer.set_result(" ".join(str(reason).split()))

    def close(self) -> None:
        """The process has ended: it answers nothing any more."""
        self._transport = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(f"process {self._pid} has ended")
