"""The embedded registry and collector, as roles of a process."""

import dataclasses
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from innkeeper.host.figures import show_registry, show_traces
from innkeeper.host.listening import listening
from innkeeper.host.options import ServeOptions
from innkeeper.host.requests import calls_of, declare_registry, declare_traces, requests_of
from innkeeper.metrics import Metrics
from innkeeper.settings import OTLP_GRPC_PORT, OTLP_HTTP_PORT, REGISTRY_PORT, TRACES_PORT, Settings

REGISTRY = "registry"
TRACES = "traces"
OTLP_GRPC = "otlp-grpc"
OTLP_HTTP = "otlp-http"


@asynccontextmanager
async def infrastructure(
    options: ServeOptions, settings: Settings, addresses: dict[str, str], metrics: Metrics
) -> AsyncIterator[Settings]:
    """Serve what `options` name of it, and add its addresses and figures.

    The block gets the settings with which other roles of the process find it.

    Raises:
        CannotStart: a port is in use.
    """
    async with (
        _registry(options, settings, addresses, metrics) as settings,
        _traces(options, settings, addresses, metrics) as settings,
    ):
        yield settings


@asynccontextmanager
async def _registry(
    options: ServeOptions, settings: Settings, addresses: dict[str, str], metrics: Metrics
) -> AsyncIterator[Settings]:
    if REGISTRY not in options.roles:
        yield settings
        return
    from innkeeper.embedded.registry.server import RegistryServer

    server = RegistryServer(
        options.bind,
        options.ports.get(REGISTRY, REGISTRY_PORT),
        state_file=state_file(options, settings),
        pages=settings.pages,
        observe=requests_of(REGISTRY, metrics),
    )
    allow_many_connections()
    async with listening(server, REGISTRY):
        addresses[REGISTRY] = server.url
        show_registry(metrics, server)
        declare_registry(REGISTRY, metrics)
        url = reachable(server.url)
        yield dataclasses.replace(
            settings, registry=dataclasses.replace(settings.registry, url=url)
        )


@asynccontextmanager
async def _traces(
    options: ServeOptions, settings: Settings, addresses: dict[str, str], metrics: Metrics
) -> AsyncIterator[Settings]:
    if TRACES not in options.roles:
        yield settings
        return
    from innkeeper.embedded.traces.server import TracesServer

    server = TracesServer(
        options.bind,
        query_port=options.ports.get(TRACES, TRACES_PORT),
        otlp_grpc_port=options.ports.get(OTLP_GRPC, OTLP_GRPC_PORT),
        otlp_http_port=options.ports.get(OTLP_HTTP, OTLP_HTTP_PORT),
        memory_mb=settings.traces_memory_mb,
        pages=settings.pages,
        observe=requests_of(TRACES, metrics),
        observe_call=calls_of(TRACES, metrics),
    )
    async with listening(server, TRACES):
        addresses |= {
            TRACES: server.url,
            OTLP_GRPC: server.otlp_grpc,
            OTLP_HTTP: server.otlp_http,
        }
        show_traces(metrics, server)
        declare_traces(TRACES, metrics)
        endpoint = f"http://{server.otlp_grpc}"
        yield dataclasses.replace(
            settings,
            tracing=dataclasses.replace(settings.tracing, endpoint=endpoint, traces_url=server.url),
        )


def allow_many_connections() -> None:
    """Open as many files as this process may: each watcher of the registry holds one, and the
    limit that a shell begins with is often a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems say that there is no limit, and then refuse to have none.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def state_file(options: ServeOptions, settings: Settings) -> Path | None:
    """Where the registry keeps what is registered over a restart; None for in memory alone.

    Unless the user named a file, each address has one of its own, so that two registries never
    share one. A port that nobody chose is another one next time, so that it has none.
    """
    if settings.registry_file:
        return None if settings.registry_file == "none" else Path(settings.registry_file)
    port = options.ports.get(REGISTRY, REGISTRY_PORT)
    if port == 0 or settings.state_dir is None:
        return None
    return settings.state_dir / f"registry-{options.bind.replace(':', '_')}-{port}.json"


def reachable(url: str) -> str:
    """Where this process finds its own listener; one on all interfaces is also on loopback."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
