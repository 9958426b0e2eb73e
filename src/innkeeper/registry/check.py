"""How the registry finds out whether an instance serves."""

from dataclasses import dataclass
from typing import Literal

from innkeeper.registry.instance import Instance


@dataclass(frozen=True)
class Check:
    """A check that the registry runs itself. As set here, a killed instance leaves the passing
    list within about a second and one that hangs within about two."""

    protocol: Literal["grpc", "http", "tcp"] = "grpc"
    """`grpc` asks `grpc.health.v1.Health/Check`; `http` gets a path, where any 2xx will do; `tcp`
    only connects."""
    service: str = ""
    """The name asked for over gRPC; empty means the whole server."""
    path: str = "/healthz"
    """The path asked for over HTTP."""
    interval: float = 1.0
    """Seconds between two runs."""
    timeout: float = 1.0
    """Seconds that an answer may take."""
    deregister_after: float = 60.0
    """Seconds after which a failing instance is forgotten. Consul takes no less than 60."""

    def definition(self, instance: Instance) -> dict[str, str]:
        """The `Check` of Consul's `/v1/agent/service/register`. It starts out passing because
        an instance registers once it serves."""
        if self.protocol == "tcp":
            probe = {"TCP": instance.target}
        elif self.protocol == "http":
            probe = {"HTTP": f"http://{instance.target}{self.path}"}
        else:
            probe = {"GRPC": "/".join(filter(None, (instance.target, self.service)))}
        return {
            **probe,
            "Interval": duration(self.interval),
            "Timeout": duration(self.timeout),
            "Status": "passing",
            "DeregisterCriticalServiceAfter": duration(self.deregister_after),
        }


def duration(seconds: float) -> str:
    """Seconds as Go reads durations, to the millisecond."""
    return f"{round(seconds * 1000)}ms"
