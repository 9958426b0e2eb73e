"""What happens to the processes, as told to people and programs."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The life of a process.

    starting ─▶ ready ─▶ died ─▶ restarting ─▶ starting …
        └──────────┴──▶ stopped

    One that was told to hang is hung until it is resumed, and is then what it was before.
    """

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    HUNG = "hung"
    RESUMED = "resumed"


@dataclass(frozen=True)
class ProcessEvent:
    """A process entered a state. What does not belong to the state is None."""

    instance: str
    """Name of the process in the topology."""
    roles: tuple[str, ...]
    state: State
    pid: int | None = None
    ms: int | None = None
    """Ready: milliseconds since it was started."""
    addresses: Mapping[str, str] | None = None
    """Ready: what it listens on."""
    status: int | None = None
    """Died: exit status, or the negative number of a signal."""
    reason: str | None = None
    """Died, restarting: why, if that is known."""
    for_good: bool | None = None
    """Died: true when it said, before it ever served, that it cannot start."""
    delay: float | None = None
    """Restarting: seconds until it is started. Hung: until it goes on, where that is known."""

    def as_dict(self) -> dict[str, object]:
        """For JSON: what is known."""
        fields = {name: value for name, value in vars(self).items() if value is not None}
        return {"event": "process", **fields}


def ending(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"by {signal.Signals(-status).name}"
    except ValueError:
        return f"by signal {-status}"
