"""The figures of a process that are read where they are kept, when somebody asks for them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from grpc import ChannelConnectivity

from innkeeper.host.peers import Peers
from innkeeper.metrics import Metrics
from innkeeper.rpc import BalancedChannel, Server
from innkeeper.tracing import Tracing

if TYPE_CHECKING:
    from innkeeper.embedded.registry.server import RegistryServer
    from innkeeper.embedded.traces.server import TracesServer

Figures = Mapping[tuple[str, ...], float]


def show_tracing(metrics: Metrics, tracing: Tracing) -> None:
    """Show how many traces are sampled, and what becomes of their spans."""

    def spans() -> Figures:
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

    def asked() -> Figures:
        sampling = tracing.sampling
        return {("kept",): sampling.admitted, ("refused",): sampling.refused}

    metrics.counter(
        "innkeeper_traces_begun",
        "Traces that began here and were left to the sampler, which keeps them or not.",
        lambda: tracing.sampling.begun,
    )
    metrics.counter(
        "innkeeper_traces_sampled",
        "Traces that began here and were kept by the sampler.",
        lambda: tracing.sampling.kept,
    )
    metrics.counter(
        "innkeeper_traces_asked",
        "Traces that callers from outside asked for: kept, or refused as there were too many.",
        asked,
        ("outcome",),
    )


def show_peers(metrics: Metrics, peers: Peers) -> None:
    """Show what is known of the services that are called over the network."""

    def endpoints() -> Figures:
        # Every state of every service: an alert on "none is ready" needs the zero.
        return {
            (service, state.name.lower()): sum(
                endpoint.state is state for endpoint in balancer.endpoints
            )
            for service, balancer in peers.balancers.items()
            for state in ChannelConnectivity
            if state is not ChannelConnectivity.SHUTDOWN
        }

    def under_way() -> Figures:
        return {
            (service,): sum(endpoint.in_flight for endpoint in balancer.statistics())
            for service, balancer in peers.balancers.items()
        }

    def summed(figure: Callable[[BalancedChannel], int]) -> Callable[[], Figures]:
        return lambda: {
            (service,): sum(map(figure, channels)) for service, channels in peers.channels.items()
        }

    metrics.counter(
        "innkeeper_rpc_client_hedges",
        "Second attempts of calls to a service whose first waited long.",
        summed(lambda channel: channel.patrol.hedged),
        ("service",),
    )
    metrics.counter(
        "innkeeper_rpc_client_ejections",
        "Endpoints of a service that were left out for a while, as they hung or failed.",
        summed(lambda channel: channel.patrol.ejected),
        ("service",),
    )
    metrics.counter(
        "innkeeper_rpc_client_attempts_refused",
        "Further attempts, retries and second ones, that were not made to spare a failing service.",
        summed(lambda channel: channel.budget.refused),
        ("service",),
    )
    metrics.gauge(
        "innkeeper_endpoints",
        "Endpoints of the services that are called, by the state of their connection.",
        endpoints,
        ("service", "state"),
    )
    metrics.gauge(
        "innkeeper_rpc_client_calls_under_way",
        "Calls to a service that wait for their answer.",
        under_way,
        ("service",),
    )
    metrics.gauge(
        "innkeeper_registry_watch_age_seconds",
        "Seconds since the registry last answered about a service; a quiet one answers every"
        " few minutes.",
        peers.ages,
        ("service",),
    )


def show_servers(metrics: Metrics, servers: Mapping[str, Server]) -> None:
    """Show what the servers of a process, by role, have to do."""
    metrics.gauge(
        "innkeeper_rpc_server_calls_under_way",
        "Calls that a role is carrying out.",
        lambda: {(role,): server.under_way for role, server in servers.items()},
        ("role",),
    )
    metrics.gauge(
        "innkeeper_rpc_server_streams",
        "Streams of calls that the callers of a role hold open.",
        lambda: {(role,): server.streams for role, server in servers.items()},
        ("role",),
    )


def show_traces(metrics: Metrics, server: "TracesServer") -> None:
    """Show what the embedded collector holds, and what became of all that it was sent."""

    def spans() -> Figures:
        statistics = server.statistics()
        return {
            ("accepted",): statistics.accepted,
            ("refused",): statistics.refused,
            ("evicted",): statistics.evicted,
        }

    metrics.counter(
        "innkeeper_collector_spans",
        "Spans that were sent to the collector, by what became of them; those evicted were"
        " accepted before.",
        spans,
        ("outcome",),
    )
    metrics.gauge(
        "innkeeper_collector_held_traces",
        "Traces that the collector holds.",
        lambda: server.statistics().traces,
    )
    metrics.gauge(
        "innkeeper_collector_held_spans",
        "Spans that the collector holds.",
        lambda: server.statistics().spans,
    )
    metrics.gauge(
        "innkeeper_collector_held_bytes",
        "Memory that the collector holds traces in.",
        lambda: server.statistics().bytes,
    )
    metrics.gauge(
        "innkeeper_collector_capacity_bytes",
        "The most memory that the collector may hold traces in; beyond it the oldest leave.",
        lambda: server.statistics().capacity,
    )


def show_registry(metrics: Metrics, server: "RegistryServer") -> None:
    """Show what the embedded registry knows and who waits for its answers."""
    metrics.gauge(
        "innkeeper_registry_services",
        "Services that have an instance in the registry.",
        lambda: server.statistics().services,
    )
    metrics.gauge(
        "innkeeper_registry_instances",
        "Instances in the registry, by the worst status of their checks.",
        lambda: {(status,): count for status, count in server.statistics().instances.items()},
        ("status",),
    )
    metrics.gauge(
        "innkeeper_registry_keys",
        "Entries of the registry's key/value store.",
        lambda: server.statistics().keys,
    )
    metrics.gauge(
        "innkeeper_registry_watchers",
        "Blocking queries that wait for a change.",
        server.waiting,
    )
