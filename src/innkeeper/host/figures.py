"""The figures of a process that are read where they are kept, when somebody asks for them."""

from collections.abc import Mapping

from innkeeper.host.peers import Peers
from innkeeper.metrics import Metrics
from innkeeper.tracing import Tracing


def show(metrics: Metrics, tracing: Tracing, peers: Peers) -> None:
    """Show what became of spans and traces, and what is known of the services that are called."""

    def spans() -> Mapping[tuple[str, ...], float]:
        statistics = tracing.statistics()
        return {
            ("delivered",): statistics.delivered,
            ("dropped",): statistics.dropped,
            ("lost",): statistics.lost,
        }

    metrics.counter(
        "innkeeper_spans",
        "Spans that ended here: delivered, dropped as the buffer was full, lost on the way.",
        spans,
        ("outcome",),
    )
    metrics.gauge(
        "innkeeper_spans_waiting",
        "Spans that wait to be delivered.",
        lambda: tracing.statistics().waiting,
    )
    metrics.counter(
        "innkeeper_traces_begun",
        "Traces that began here, sampled or not.",
        lambda: tracing.sampling.begun,
    )
    metrics.counter(
        "innkeeper_traces_sampled",
        "Traces that began here and were sampled.",
        lambda: tracing.sampling.kept,
    )
    metrics.gauge(
        "innkeeper_endpoints",
        "Endpoints of the services that are called, by the state of their connection.",
        peers.endpoints,
        ("service", "state"),
    )
    metrics.gauge(
        "innkeeper_registry_watch_age_seconds",
        "Seconds since the registry last answered about a service; a quiet one answers every"
        " few minutes.",
        peers.ages,
        ("service",),
    )
