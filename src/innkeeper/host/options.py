"""What a process is told to host."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ServeOptions:
    """The options of `innkeeper serve`."""

    roles: tuple[str, ...]
    instance: int = 1
    """Number of this process's instances: role geo becomes geo-1."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Listener → port where it is not the default; 0 takes any free one. Listeners are called like
    their role, those for spans `otlp-grpc` and `otlp-http`."""
    bind: str = "127.0.0.1"
    advertise: str | None = None
    """The address that callers are told, where it is not the one that is bound."""
    control_fd: int | None = None
    """The launcher's end of a socket; see `control.py`."""
    listen_fds: Mapping[str, int] = field(default_factory=dict)
    """Role → listening socket that the launcher hands down."""
    managed: bool = False
    """Whether registry and collector are brought by the launcher and may come later."""

    def instance_id(self, role: str) -> str:
        """The stable name of the instance of a role that this process hosts."""
        return f"{role}-{self.instance}"
