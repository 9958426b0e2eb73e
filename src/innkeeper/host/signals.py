"""When a process has to stop, and that it does."""

import asyncio
import logging
import os
import signal

_LOG = logging.getLogger(__name__)

# Seconds for an orderly end; beyond them the process is worth less than its end. The launcher
# gives everything three.
PATIENCE = 2.5


class Stopping:
    """Asked for by a signal or by the launcher's end; a second signal ends the process at once."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._asked = asyncio.Event()

    def watch(self) -> None:
        """Listen for SIGINT and SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal, number)

    def ask(self) -> None:
        """Begin to stop, once; the process ends within its patience whatever happens."""
        if not self._asked.is_set():
            self._asked.set()
            asyncio.get_running_loop().call_later(self._patience, self._give_up)

    async def wait(self) -> None:
        """Wait until it was asked for."""
        await self._asked.wait()

    def _on_signal(self, number: int) -> None:
        if self._asked.is_set():
            os._exit(128 + number)
        self.ask()

    def _give_up(self) -> None:
        _LOG.error("not stopped within %g s, ending at once", self._patience)
        os._exit(1)
