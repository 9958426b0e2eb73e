"""A gRPC server for the services of one role, with health and reflection."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context, copy_context
from functools import partial
from types import TracebackType
from typing import Any, Final

import grpc
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from innkeeper.metrics import Metrics
from innkeeper.rpc.handler import Handler
from innkeeper.rpc.stream.server import MOST_CALLS, Carrier
from innkeeper.rpc.stream.server import SERVICE as CARRIER
from innkeeper.tracing import Tracer

OPTIONS: Final = (
    # On by default, it lets a stale process share the port unnoticed.
    ("grpc.so_reuseport", 0),
    # Clients look whether a quiet connection is alive every ten seconds.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
)
# Seconds: callers that heard of the deregistration stop calling, then the rest may finish.
LINGER = 0.25
GRACE = 1.0


class Server:
    """Serves from entering its context to leaving it, where it drains first.

    The order at the end is: the health service says NOT_SERVING, callers get `linger` seconds to
    turn to others, no call is taken any more, those under way get `grace` seconds to finish. Who
    registered the server deregisters it before.

    Calls beyond `most_calls` under way are refused at once with RESOURCE_EXHAUSTED, so that those
    are answered in time; plain calls and those of streams are counted apart.
    """

    def __init__(
        self,
        role: str,
        tracer: Tracer,
        metrics: Metrics,
        *,
        bind: str = "127.0.0.1",
        port: int = 0,
        linger: float = LINGER,
        grace: float = GRACE,
        most_calls: int = MOST_CALLS,
    ) -> None:
        self.handlers: dict[str, Handler] = {}
        """The unary methods by path, such as `/innkeeper.geo.v1.Geo/Nearby`."""
        self.context = Context()
        """The context variables that handlers start from: those of whoever started the server."""
        self._role = role
        self._tracer = tracer
        self._metrics = metrics
        self._bind = f"[{bind}]" if ":" in bind else bind
        self.port = port
        """The port it listens on; 0 until it serves where any free one was asked for."""
        self._linger = linger
        self._grace = grace
        self._services: dict[str, dict[str, Any]] = {}
        self._server: aio.Server | None = None
        self._health = health.aio.HealthServicer()
        self._carrier = Carrier(self.handlers, partial(metrics.batch_received, role), most_calls)
        self._most_calls = most_calls
        metrics.declare_batches_received(role)
        self._draining = False

    @property
    def under_way(self) -> int:
        """Unary calls that are being carried out, whichever path brought them."""
        return sum(handler.under_way for handler in self.handlers.values())

    @property
    def streams(self) -> int:
        """Streams of calls that callers hold open."""
        return self._carrier.streams

    def add(self, add_to_server: Callable[[Any, Any], None], servicer: object) -> None:
        """Offer a service; `add_to_server` is the generated `add_XServicer_to_server`."""
        add_to_server(servicer, _Registrar(self._add_service))

    def set_fault(self, fault: Callable[[], Awaitable[None]] | None) -> None:
        """Have `fault` come before every call; None lets calls be. Health is not touched."""
        for handler in self.handlers.values():
            handler.fault = fault

    async def __aenter__(self) -> "Server":
        """Listen and serve.

        Raises:
            OSError: the port cannot be had; the text names it.
        """
        server = aio.server(options=OPTIONS, maximum_concurrent_rpcs=self._most_calls)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection(
            (*self._services, CARRIER, health.SERVICE_NAME, reflection.SERVICE_NAME), server
        )
        for service, methods in (*self._services.items(), (CARRIER, self._carrier.methods())):
            handler = grpc.method_handlers_generic_handler(service, methods)
            server.add_generic_rpc_handlers((handler,))
            server.add_registered_method_handlers(service, methods)
        for service in self._services:
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)
        try:
            self.port = server.add_insecure_port(f"{self._bind}:{self.port}")
        except RuntimeError as error:
            await server.stop(None)
            raise OSError(f"port {self.port} of {self._bind} cannot be listened on") from error
        self.context = self._carrier.context = copy_context()
        await server.start()
        self._server = server
        return self

    async def drain(self) -> None:
        """Say NOT_SERVING and give callers time to turn to others. Idempotent."""
        if self._draining:
            return
        self._draining = True
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(self._linger)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.drain()
        if self._server is None:
            return
        # Streams of calls end by agreement; grpc itself would cancel them in the end.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._grace):
                await self._carrier.leave()
        await self._server.stop(self._grace)

    def _add_service(self, service: str, methods: dict[str, Any]) -> None:
        self._services[service] = {
            name: self._wrap(f"{service}/{name}", entry) for name, entry in methods.items()
        }

    def _wrap(self, method: str, entry: Any) -> Any:
        """Put the runtime around unary coroutines; grpc runs what streams as it is."""
        if entry.unary_unary is None or not asyncio.iscoroutinefunction(entry.unary_unary):
            return entry
        handler = Handler(
            entry.unary_unary,
            entry.request_deserializer,
            entry.response_serializer,
            method,
            self._role,
            self._tracer,
            self._metrics,
        )
        self._metrics.declare_server(self._role, [method])
        self.handlers[f"/{method}"] = handler
        return grpc.unary_unary_rpc_method_handler(
            handler.__call__, entry.request_deserializer, entry.response_serializer
        )


class _Registrar:
    """What generated code takes for a server while a service is added."""

    def __init__(self, add_service: Callable[[str, dict[str, Any]], None]) -> None:
        self._add_service = add_service

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """Generated code offers the same methods once more below, with their names."""

    def add_registered_method_handlers(self, service: str, methods: dict[str, Any]) -> None:
        self._add_service(service, methods)
