"""What the registry knows about: instances of services."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instance:
    """One running copy of a service. Two are equal when calls would go the same way."""

    id: str
    """Stable name, such as `geo-1`; unique within an agent of the registry."""
    service: str
    address: str
    """IP address or host name that callers connect to."""
    port: int
    tags: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def target(self) -> str:
        """`host:port`, with brackets around an IPv6 address."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"
