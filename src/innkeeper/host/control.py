"""What a process and the launcher that started it say to each other.

Both hold one end of a socket pair and write lines of JSON. The process says when it serves:

    {"event": "ready", "addresses": {"geo": "127.0.0.1:8081", "admin": "http://127.0.0.1:40001"}}

What keeps it from starting is told by the command line, which knows also of what comes before this.
End of file means that the launcher has ended, however it did.

The launcher may ask for something by a command with an `id`, under which it is told what became of
it; see `faults.py` for the commands:

    {"command": "fault", "id": 1, "role": "geo", "latency": 0.2}
    {"event": "done", "id": 1}
    {"event": "refused", "id": 1, "reason": "geo does not run here"}
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

LONGEST_COMMAND = 64 * 1024


class Refused(Exception):
    """A command cannot be carried out; its text is the reason."""


class Control:
    """This process's end; does nothing when nobody launched it."""

    def __init__(self, fd: int | None) -> None:
        self._socket = None if fd is None else socket.socket(fileno=os.dup(fd))
        if self._socket is not None:
            self._socket.setblocking(False)
        self._begun = b""

    def watch(
        self, orphaned: Callable[[], None], carry_out: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """Call `orphaned` once when the launcher is gone, and `carry_out` with each command that
        comes before; it raises Refused when it cannot."""
        end = self._socket
        if end is None:
            return
        loop = asyncio.get_running_loop()

        def readable() -> None:
            with suppress(BlockingIOError):
                try:
                    data = end.recv(4096)
                except ConnectionError:
                    data = b""
                if data:
                    self._hear(data, carry_out)
                else:
                    loop.remove_reader(end)
                    orphaned()

        loop.add_reader(end, readable)

    def ready(self, addresses: Mapping[str, str]) -> None:
        """Everything serves, at these addresses by listener."""
        self._say({"event": "ready", "addresses": dict(addresses)})

    def close(self) -> None:
        """Hear and say nothing more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _hear(self, data: bytes, carry_out: Callable[[Mapping[str, Any]], None]) -> None:
        *lines, begun = (self._begun + data).split(b"\n")
        self._begun = begun[:LONGEST_COMMAND]
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict) and "command" in message:
                self._carry_out(message, carry_out)

    def _carry_out(
        self, command: Mapping[str, Any], carry_out: Callable[[Mapping[str, Any]], None]
    ) -> None:
        try:
            carry_out(command)
        except Refused as refusal:
            self._say({"event": "refused", "id": command.get("id"), "reason": str(refusal)})
        else:
            self._say({"event": "done", "id": command.get("id")})

    def _say(self, event: Mapping[str, object]) -> None:
        if self._socket is not None:
            # A launcher that is gone need not hear it.
            with suppress(OSError):
                self._socket.sendall(json.dumps(event).encode() + b"\n")
