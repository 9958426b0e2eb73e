"""Writing without ever waiting for the reader.

A terminal stopped with Ctrl-S or a pipe that nobody empties blocks whoever writes to it; were that
the launcher's loop, Ctrl-C would be dead. So a thread writes, and what it cannot keep up with is
dropped and counted.
"""

import os
import select
import threading
from collections.abc import Callable

MOST_WAITING = 4_000_000


class Writer:
    """Writes to a file descriptor in a thread of its own."""

    def __init__(
        self, fd: int, notice: Callable[[int], str], most_waiting: int = MOST_WAITING
    ) -> None:
        """Offers are refused while `most_waiting` characters wait. `notice` makes the text that
        stands for so many refused ones. The descriptor stays the caller's."""
        self._fd = fd
        self._notice = notice
        self._most_waiting = most_waiting
        self._waiting: list[str] = []
        self._characters = 0
        self._dropped = 0
        self._closing = False
        self._broken = False
        self._changed = threading.Condition()
        # A daemon, as a thread that is blocked in a write must not keep the process.
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Have the text written."""
        with self._changed:
            if not self._broken:
                self._waiting.append(text)
                self._characters += len(text)
                self._changed.notify()

    def offer(self, render: Callable[[], str]) -> None:
        """Have a text written unless too much is waiting; then it is not even rendered."""
        if self._characters < self._most_waiting:
            self.write(render())
        else:
            with self._changed:
                self._dropped += 1

    def close(self, limit: float = 0.3) -> None:
        """Write what is waiting, for at most `limit` seconds."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(limit)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if not self._waiting:
                    return
                text = "".join(self._waiting)
                self._waiting.clear()
                self._characters = 0
                if self._dropped:
                    text += self._notice(self._dropped)
                    self._dropped = 0
            try:
                self._write(text.encode(errors="replace"))
            except OSError:
                # The reader is gone; the system runs on without being heard.
                with self._changed:
                    self._broken = True
                    return

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._fd, view) :]
            except BlockingIOError:
                select.select([], [self._fd], [])
