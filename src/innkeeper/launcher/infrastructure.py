"""Which registry and which collector the processes use, and how they are told.

The embedded ones start unless the environment names others; either way the processes learn the
addresses from the variables that name them to Consul's and OpenTelemetry's own tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from innkeeper.launcher.addresses import clickable, join, reachable
from innkeeper.settings import Settings, TracingSettings

REGISTRY = "registry"
TRACES = "traces"
OTLP_GRPC = "otlp-grpc"


@dataclass(frozen=True)
class Choice:
    """What was chosen for a piece of infrastructure."""

    embedded: bool
    """Whether the role of that name starts."""
    reason: str
    """Why, in words that name the variable that decides."""
    url: str | None
    """Where people and programs find it when it is not embedded."""


def choose(settings: Settings) -> dict[str, Choice]:
    """Role → what the environment chose for it."""
    registry, tracing = settings.registry, settings.tracing
    if registry.unix_socket:
        chosen = Choice(False, f"CONSUL_HTTP_ADDR=unix://{registry.unix_socket}", None)
    elif registry.external:
        chosen = Choice(False, f"CONSUL_HTTP_ADDR={registry.url}", registry.url)
    else:
        chosen = Choice(True, "embedded, as CONSUL_HTTP_ADDR is not set", None)
    if tracing.disabled:
        collector = Choice(False, "none, as OTEL_SDK_DISABLED is set", None)
    elif tracing.external:
        collector = Choice(
            False, f"OTEL_EXPORTER_OTLP_ENDPOINT={tracing.endpoint}", tracing.traces_url
        )
    else:
        collector = Choice(True, "embedded, as OTEL_EXPORTER_OTLP_ENDPOINT is not set", None)
    return {REGISTRY: chosen, TRACES: collector}


def environ(
    settings: Settings,
    ports: Mapping[str, int],
    bind: str,
    advertise: str | None,
) -> dict[str, str]:
    """What the environment of the processes must say beside our own, so that they find the
    embedded infrastructure. `ports` maps listeners to the ports they will have."""
    chosen = choose(settings)
    changes = {}
    if chosen[REGISTRY].embedded and REGISTRY in ports:
        changes["CONSUL_HTTP_ADDR"] = join(reachable(bind), ports[REGISTRY])
    if chosen[TRACES].embedded and TRACES in ports:
        changes["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://{join(reachable(bind), ports[OTLP_GRPC])}"
        changes["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc"
        if settings.tracing.traces_url in (None, TracingSettings.traces_url):
            host = advertise or clickable(bind)
            changes["INNKEEPER_TRACES_URL"] = f"http://{join(host, ports[TRACES])}"
    return changes
