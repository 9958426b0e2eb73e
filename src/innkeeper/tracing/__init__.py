"""Tracing: a lean recorder behind the OpenTelemetry API.

    async with Tracing(settings) as tracing:
        tracer = tracing.tracer("geo", "geo-1")
        span = tracer.begin("innkeeper.geo.v1.Geo/Nearby", SpanKind.SERVER, parent=extract(header))
        token = activate(span)
        ...
        deactivate(token)
        span.end()

`init("billing")` is the one call that a service of one's own needs.
"""

from opentelemetry.trace import SpanKind

from innkeeper.tracing.context import CURRENT, activate, current, deactivate
from innkeeper.tracing.process import Tracing, init
from innkeeper.tracing.propagation import extract, traceparent
from innkeeper.tracing.recorder import Statistics
from innkeeper.tracing.tracer import Tracer

__all__ = [
    "CURRENT",
    "SpanKind",
    "Statistics",
    "Tracer",
    "Tracing",
    "activate",
    "current",
    "deactivate",
    "extract",
    "init",
    "traceparent",
]
