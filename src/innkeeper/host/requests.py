"""Counts what the embedded registry and collector are asked, from zeros for what matters."""

from collections.abc import Callable
from functools import partial

from innkeeper.metrics import Metrics

REGISTRY_REQUESTS = (
    ("GET", "/v1/health/service/{service}", (200, 400, 500)),
    ("GET", "/v1/health/service/{service}?index", (200, 400, 500)),
    ("GET", "/v1/agent/service/{service_id}?hash", (200, 404, 500)),
    ("GET", "/v1/catalog/services", (200, 500)),
    ("PUT", "/v1/agent/service/register", (200, 400, 500)),
    ("PUT", "/v1/agent/service/deregister/{service_id}", (200, 404, 500)),
    ("PUT", "/v1/agent/check/update/{check_id}", (200, 404, 500)),
    ("GET", "/v1/kv/{key}", (200, 404, 500)),
    ("PUT", "/v1/kv/{key}", (200, 413, 500)),
)
"""How services are found, come and go: method, route and the statuses to expect."""

TRACES_REQUESTS = (
    ("GET", "/api/services", (200, 500)),
    ("GET", "/api/traces", (200, 400, 500)),
    ("GET", "/api/traces/{trace_id}", (200, 404, 500)),
    ("GET", "/api/dependencies", (200, 400, 500)),
    ("GET", "/data/summaries", (200, 400, 500)),
    ("POST", "/v1/traces", (200, 400, 500, 503)),
)
"""How traces come and are looked for."""

EXPORT = "opentelemetry.proto.collector.trace.v1.TraceService/Export"
EXPORT_CODES = ("OK", "CANCELLED", "INVALID_ARGUMENT", "UNAVAILABLE", "INTERNAL")


def requests_of(role: str, metrics: Metrics) -> Callable[[str, str, int, float], None]:
    """What counts the requests over HTTP of a role."""
    return partial(metrics.http_request, role)


def calls_of(role: str, metrics: Metrics) -> Callable[[str, str, float], None]:
    """What counts the calls over gRPC of a role."""

    def observe(method: str, code: str, seconds: float) -> None:
        metrics.server_calls(role, method, code).observe(seconds)

    return observe


def declare_registry(role: str, metrics: Metrics) -> None:
    """Show zeros for the registry."""
    for method, route, statuses in REGISTRY_REQUESTS:
        metrics.declare_http(role, method, route, statuses)


def declare_traces(role: str, metrics: Metrics) -> None:
    """Show zeros for the collector."""
    for method, route, statuses in TRACES_REQUESTS:
        metrics.declare_http(role, method, route, statuses)
    metrics.declare_server(role, (EXPORT,), EXPORT_CODES)
