"""What is to be said of a process at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from innkeeper.launcher.events import State


@dataclass(frozen=True)
class Status:
    """One process of the topology, or the place that it had."""

    instance: str
    """Its name, such as "geo-2"."""
    roles: tuple[str, ...]
    state: State
    pid: int | None
    """None while there is no process."""
    addresses: Mapping[str, str]
    """Listener → address; empty until it serves."""
    uptime: float | None
    """Seconds since it serves."""
    restarts: int
    """How often it was started again, for whatever reason."""
