"""Saying once in the log that something is away, and once that it is back."""

import logging
import time
from collections.abc import Callable

PATIENCE = 3.0
"""Seconds that something may take to appear for the first time before the log mentions it: a
system starts all its processes at once."""


class Outage:
    """The state of one thing that comes and goes."""

    def __init__(
        self, log: logging.Logger, what: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`what` is who is said to be back, such as "the registry at http://127.0.0.1:8500"."""
        self._log = log
        self._what = what
        self._clock = clock
        self._seen = False
        self._since: float | None = None
        self._told = False

    def failed(self, error: Exception) -> None:
        """Note a failure. Only the first of an outage is told."""
        now = self._clock()
        if self._since is None:
            self._since = now
        if self._told or (not self._seen and now - self._since < PATIENCE):
            return
        self._told = True
        self._log.warning("%s; trying until it is back", error)

    def ended(self) -> None:
        """Note a success."""
        if self._told and self._since is not None:
            self._log.info("%s is back after %.1f s", self._what, self._clock() - self._since)
        self._seen, self._since, self._told = True, None, False
