"""What one process hosts, from the first listener to the last span.

The order at the start: registry and collector where they are hosted here, then the servers, then
their registrations, for whoever is registered serves. The order at the end is the reverse: the edge
leaves its listener and finishes, then every registration goes, callers get a moment to turn to
other instances, the servers finish what they have, and what was recorded of it is sent.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from grpc import aio

from innkeeper.host.faults import Faults
from innkeeper.host.figures import show_peers, show_servers, show_tracing
from innkeeper.host.infrastructure import infrastructure
from innkeeper.host.listening import cannot_listen, listening
from innkeeper.host.options import ServeOptions
from innkeeper.host.peers import Peers
from innkeeper.host.service import Channels, Edge, Role, Service
from innkeeper.logs import speaking_as
from innkeeper.metrics import AdminListener, Metrics
from innkeeper.registry import Check, Consul, Instance, advertised_address, registered
from innkeeper.rpc import Caller, LocalChannel, Server
from innkeeper.settings import Settings
from innkeeper.tracing import Tracer, Tracing


@asynccontextmanager
async def hosted(
    options: ServeOptions,
    settings: Settings,
    services: Sequence[Service],
    edge: Edge,
    faults: Faults,
) -> AsyncIterator[Mapping[str, str]]:
    """Host the roles that `options` name while the block runs, which gets addresses by listener.
    The services can have `faults` from then on.

    Raises:
        CannotStart: with one line that says what to do.
    """
    addresses: dict[str, str] = {}
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(
            infrastructure(options, settings, addresses, metrics)
        )
        process = _Process(options, settings, services, edge, stack, addresses, metrics)
        table: list[Role] = [*services, edge]
        if any(role.name in options.roles for role in table):
            await process.start()
            faults.may_meet(process.servers)
        else:
            await process.start_bare()
        yield addresses


class _Process:
    """The services and the edge of one process, entered on its stack one after the other."""

    def __init__(
        self,
        options: ServeOptions,
        settings: Settings,
        services: Sequence[Service],
        edge: Edge,
        stack: AsyncExitStack,
        addresses: dict[str, str],
        metrics: Metrics,
    ) -> None:
        self._options = options
        self._settings = settings
        self._services = [service for service in services if service.name in options.roles]
        self._edge = edge if edge.name in options.roles else None
        table: list[Role] = [*services, edge]
        self._calls = {role.name: role.calls for role in table}
        self._stack = stack
        self._addresses = addresses
        self._metrics = metrics
        self.servers: dict[str, Server] = {}
        """By role."""

    async def start(self) -> None:
        """Serve, then register."""
        options, settings, enter = self._options, self._settings, self._stack.enter_async_context
        tracing = await enter(Tracing(settings.tracing))
        consul = await enter(Consul(settings.registry))
        if settings.registry.external and not options.managed:
            await consul.check_reachable()
        address = await advertised_address(settings.registry, options.bind, options.advertise)
        peers = await enter(Peers(consul, self._metrics))
        show_tracing(self._metrics, tracing)
        show_peers(self._metrics, peers)
        show_servers(self._metrics, self.servers)

        await self._make_servers(tracing, peers)
        for role, server in self.servers.items():
            with speaking_as(role, options.instance_id(role)):
                await enter(listening(server, role))
            self._addresses[role] = f"{_host(address)}:{server.port}"
        await self._start_admin(self._elsewhere(options.roles), peers, address)
        # Callers of all servers get their moment at once, not one server after the other.
        self._stack.push_async_callback(_drain, list(self.servers.values()))
        for role, server in self.servers.items():
            await enter(registered(consul, self._instance(role, address, server.port), Check()))
        if self._edge is not None:
            await self._start_edge(self._edge, address, tracing, consul, peers)

    async def start_bare(self) -> None:
        """Register what serves already, registry or collector, so that its figures are found."""
        options, settings, enter = self._options, self._settings, self._stack.enter_async_context
        consul = await enter(Consul(settings.registry))
        address = await advertised_address(settings.registry, options.bind, options.advertise)
        await self._start_admin([], None, address)
        for role in options.roles:
            port = int(self._addresses[role].rpartition(":")[2])
            await enter(registered(consul, self._instance(role, address, port), Check("tcp")))

    async def _start_admin(
        self, services: Iterable[str], peers: Peers | None, address: str
    ) -> None:
        """Offer metrics, and readiness of the services that this process calls.

        Listens where everything else of the process does; others are told `address`.
        """

        async def alone() -> Mapping[str, str | None]:
            return {}

        ready = alone if peers is None else peers.readiness(services)
        admin = AdminListener(self._metrics, ready, self._options.bind)
        await self._stack.enter_async_context(listening(admin, "admin"))
        self._addresses["admin"] = f"http://{_host(address)}:{admin.port}"

    async def _make_servers(self, tracing: Tracing, peers: Peers) -> None:
        tracers = {service.name: self._tracer(tracing, service.name) for service in self._services}
        # All servers first: roles of one process call each other's handlers directly.
        for service in self._services:
            self.servers[service.name] = Server(
                service.name,
                tracers[service.name],
                self._metrics,
                bind=self._options.bind,
                port=self._options.ports.get(service.name, self._default_port(service)),
            )
        for service in self._services:
            channels = self._channels(service, tracers[service.name], peers)
            with speaking_as(service.name, self._options.instance_id(service.name)):
                servicer = await service.build(self._settings, channels, self._stack)
            self.servers[service.name].add(service.add, servicer)

    def _default_port(self, service: Service) -> int:
        """Further instances take any free port."""
        return service.port if self._options.instance == 1 else 0

    def _channels(self, role: Role, tracer: Tracer, peers: Peers) -> Channels:
        caller = Caller(role.name, tracer, self._metrics)
        return {name: self._channel(name, caller, peers) for name in role.calls}

    def _channel(self, service: str, caller: Caller, peers: Peers) -> aio.Channel:
        if service in self.servers:
            return LocalChannel(self.servers[service], caller)
        return peers.channel(service, caller, batching=self._settings.batching)

    async def _start_edge(
        self, edge: Edge, address: str, tracing: Tracing, consul: Consul, peers: Peers
    ) -> None:
        # Late, as no other process needs them: the web framework and its server.
        from innkeeper.tracing.asgi import TracingMiddleware
        from innkeeper.web import EdgeMiddleware, HttpServer

        listener = self._listener(edge)
        tracer = self._tracer(tracing, edge.name)
        application = edge.build(
            self._settings,
            self._channels(edge, tracer, peers),
            peers.readiness(self._elsewhere([edge.name])),
        )
        server = HttpServer(
            EdgeMiddleware(
                TracingMiddleware(
                    application,
                    tracer,
                    self._settings.tracing.traces_url,
                    traced=edge.routes.__contains__,
                ),
                role=edge.name,
                metrics=self._metrics,
                deadline=self._settings.frontend.deadline,
            ),
            listener,
        )
        for route in edge.routes:
            self._metrics.declare_http(edge.name, "GET", route)
        with speaking_as(edge.name, self._options.instance_id(edge.name)):
            await self._stack.enter_async_context(server)
        self._addresses[edge.name] = f"http://{_host(address)}:{server.port}"
        instance = self._instance(edge.name, address, server.port)
        await self._stack.enter_async_context(registered(consul, instance, Check("http")))

    def _listener(self, edge: Edge) -> socket.socket:
        from innkeeper.web import listen

        if (fd := self._options.listen_fds.get(edge.name)) is not None:
            return socket.socket(fileno=fd)
        port = self._options.ports.get(edge.name, edge.port)
        try:
            return listen(self._options.bind, port)
        except OSError as error:
            raise cannot_listen(edge.name, OSError(f"port {port} is in use")) from error

    def _elsewhere(self, roles: Iterable[str]) -> list[str]:
        """The services that these roles lean on, directly or not, and that run elsewhere."""
        found: list[str] = []
        waiting = [name for role in roles for name in self._calls.get(role, ())]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found.append(name)
                waiting += self._calls.get(name, ())
        return [name for name in found if name not in self.servers]

    def _tracer(self, tracing: Tracing, role: str) -> Tracer:
        return tracing.tracer(role, self._options.instance_id(role))

    def _instance(self, role: str, address: str, port: int) -> Instance:
        return Instance(
            id=self._options.instance_id(role),
            service=role,
            address=address,
            port=port,
            meta={
                "admin": self._addresses["admin"],
                # The same for all roles of a process: they share its admin listener.
                "process": self._options.instance_id("+".join(self._options.roles)),
            },
        )


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


async def _drain(servers: Sequence[Server]) -> None:
    await asyncio.gather(*(server.drain() for server in servers))
