"""What a process tells the launcher that started it, and how it learns that the launcher is gone.

Both hold one end of a socket pair. The process writes a line of JSON when it serves:

    {"event": "ready", "addresses": {"geo": "127.0.0.1:8081", "admin": "http://127.0.0.1:40001"}}

What keeps it from starting is told by the command line, which knows also of what comes before this.
End of file on it means that the launcher has ended, however it did.
"""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress


class Control:
    """This process's end; does nothing when nobody launched it."""

    def __init__(self, fd: int | None) -> None:
        self._socket = None if fd is None else socket.socket(fileno=os.dup(fd))
        if self._socket is not None:
            self._socket.setblocking(False)

    def watch(self, orphaned: Callable[[], None]) -> None:
        """Call `orphaned` once when the launcher is gone."""
        end = self._socket
        if end is None:
            return
        loop = asyncio.get_running_loop()

        def readable() -> None:
            with suppress(BlockingIOError):
                try:
                    alive = bool(end.recv(4096))
                except ConnectionError:
                    alive = False
                if not alive:
                    loop.remove_reader(end)
                    orphaned()

        loop.add_reader(end, readable)

    def ready(self, addresses: Mapping[str, str]) -> None:
        """Everything serves, at these addresses by listener."""
        if self._socket is not None:
            event = {"event": "ready", "addresses": dict(addresses)}
            # A launcher that is gone need not hear it.
            with suppress(OSError):
                self._socket.sendall(json.dumps(event).encode() + b"\n")
