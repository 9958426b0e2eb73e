"""What a registration says about how to check, and which of it makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from innkeeper.embedded.registry.durations import SECOND

DEFAULT_TIMEOUT = 10.0
OUTPUT_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """How to check one thing. Durations are nanoseconds, as on the wire; 0 and "" mean unsaid."""

    id: str = ""
    name: str = ""
    status: str = ""
    notes: str = ""
    service_id: str = ""
    ttl: int = 0
    interval: int = 0
    timeout: int = 0
    deregister_after: int = 0
    http: str = ""
    method: str = ""
    header: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: str = ""
    disable_redirects: bool = False
    tcp: str = ""
    tcp_use_tls: bool = False
    grpc: str = ""
    grpc_use_tls: bool = False
    tls_server_name: str = ""
    tls_skip_verify: bool = False
    udp: str = ""
    h2ping: str = ""
    os_service: str = ""
    script: tuple[str, ...] = ()
    docker_container: str = ""
    shell: str = ""
    alias_node: str = ""
    alias_service: str = ""
    success_before_passing: int = 0
    failures_before_warning: int = 0
    failures_before_critical: int = 0
    output_max_size: int = 0

    @property
    def kind(self) -> str:
        """The type as Consul names it; "" when nothing says how to check."""
        # The order decides which wins when a definition names several, as in Consul.
        candidates = (
            ("grpc", self.grpc),
            ("http", self.http),
            ("ttl", self.ttl),
            ("tcp", self.tcp),
            ("udp", self.udp),
            ("alias", self.alias_node or self.alias_service),
            ("docker", self.script and self.docker_container),
            ("script", self.script),
            ("h2ping", self.h2ping),
            ("os_service", self.os_service),
        )
        return next((kind for kind, target in candidates if target), "")

    @property
    def answer_within(self) -> float:
        """Seconds that one probe may take."""
        return self.timeout / SECOND if self.timeout > 0 else DEFAULT_TIMEOUT

    @property
    def output_limit(self) -> int:
        """How many characters of output are kept."""
        return min(self.output_max_size or OUTPUT_LIMIT, OUTPUT_LIMIT)

    def problem(self) -> str | None:
        """What is wrong with it, in Consul's words; None when it can be run."""
        probed = bool(
            self.script
            or self.http
            or self.tcp
            or self.udp
            or self.grpc
            or self.h2ping
            or self.os_service
        )
        alias = bool(self.alias_node or self.alias_service)
        rules = (
            (self.interval > 0 and self.ttl > 0, "Interval and TTL cannot both be specified"),
            (
                probed and self.interval <= 0,
                "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks",
            ),
            (probed and alias, "Interval cannot be set for Alias checks"),
            (alias and self.ttl > 0, "TTL must be not be set for Alias checks"),
            (not probed and not alias and self.ttl <= 0, "TTL must be > 0 for TTL checks"),
            (self.output_max_size < 0, "MaxOutputMaxSize must be positive"),
            (
                self.failures_before_warning > self.failures_before_critical,
                "FailuresBeforeWarning can't be higher than FailuresBeforeCritical",
            ),
        )
        return next((text for broken, text in rules if broken), None)
