"""Ctrl-C and its likes, the first time and the second."""

import asyncio
import signal
from collections.abc import Callable


class Signals:
    """While entered, `first` is called on the first SIGINT, SIGTERM or SIGHUP, and `again` on
    each later one. Must be entered in a running loop of the main thread."""

    def __init__(self, first: Callable[[], object], again: Callable[[], object]) -> None:
        self._first = first
        self._again = again
        self._seen = False
        self._handled: list[signal.Signals] = []

    def __enter__(self) -> "Signals":
        loop = asyncio.get_running_loop()
        self._handled = [signal.SIGINT, signal.SIGTERM]
        # Whoever starts us under nohup wants us to outlive the terminal.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self._handled.append(signal.SIGHUP)
        for number in self._handled:
            loop.add_signal_handler(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in self._handled:
            loop.remove_signal_handler(number)

    def _on_signal(self) -> None:
        if self._seen:
            self._again()
        else:
            self._seen = True
            self._first()
