"""Writing without ever waiting for the reader.

A terminal stopped with Ctrl-S or a pipe that nobody empties blocks whoever writes to it; were that
the launcher's loop, Ctrl-C would be dead. So a thread writes, and what it cannot keep up with is
dropped and counted.
"""

import os
import select
import threading
from collections import deque

MOST_WAITING = 10_000


class Writer:
    """Writes to a file descriptor in a thread of its own."""

    def __init__(self, fd: int, most_waiting: int = MOST_WAITING) -> None:
        """At most `most_waiting` droppable texts wait; the descriptor stays the caller's."""
        self._fd = fd
        self._most_waiting = most_waiting
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._closing = False
        self._broken = False
        self._changed = threading.Condition()
        # A daemon, as a thread that is blocked in a write must not keep the process.
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def write(self, text: str, *, droppable: bool = False) -> None:
        """Have the text written. What is droppable is dropped when too much is waiting."""
        with self._changed:
            if self._broken:
                return
            if droppable and len(self._waiting) >= self._most_waiting:
                self._dropped += 1
                return
            self._waiting.append(text)
            self._changed.notify()

    def dropped(self) -> int:
        """How many texts were dropped since this was last asked."""
        with self._changed:
            dropped, self._dropped = self._dropped, 0
            return dropped

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
