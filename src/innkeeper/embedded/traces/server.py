"""The collector as a whole: three listeners over one store."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Self

from aiohttp import web

from innkeeper.embedded.observing import Observe, unobserved, watch
from innkeeper.embedded.traces.api import Api, say_what_is_wrong
from innkeeper.embedded.traces.grpc_intake import GrpcIntake, ObserveCall, unobserved_call
from innkeeper.embedded.traces.http_intake import http_intake
from innkeeper.embedded.traces.http_listener import listen
from innkeeper.embedded.traces.intake import Intake
from innkeeper.embedded.traces.page_data import PageData
from innkeeper.embedded.traces.pages import add_pages
from innkeeper.embedded.traces.store import Statistics, Store

_MEGABYTE = 1_000_000
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class TracesServer:
    """Collects traces over OTLP and answers questions about them while its context is entered."""

    def __init__(
        self,
        bind: str = "127.0.0.1",
        query_port: int = 16686,
        otlp_grpc_port: int = 4317,
        otlp_http_port: int = 4318,
        memory_mb: int = 256,
        pages: Mapping[str, str] | None = None,
        observe: Observe = unobserved,
        observe_call: ObserveCall = unobserved_call,
    ) -> None:
        """Set up without listening yet.

        Args:
            bind: address that all three listen on.
            query_port: of the API and the pages; 0, here and below, for any free one.
            memory_mb: the most memory in MB that traces are held in.
            pages: title → URL of what the pages link to.
            observe: is told of each request over HTTP.
            observe_call: is told of each call over gRPC.
        """
        self._host = f"[{bind}]" if ":" in bind else bind
        self._bind = bind
        self._query_port = query_port
        self._otlp_grpc_port = otlp_grpc_port
        self._otlp_http_port = otlp_http_port
        self._store = Store(memory_mb * _MEGABYTE)
        self._pages = pages or {}
        self._observe = observe
        self._observe_call = observe_call

    @property
    def url(self) -> str:
        """Base URL of the API and the pages; known once entered, like the two below."""
        return f"http://{self._reachable()}:{self._query_port}"

    @property
    def otlp_grpc(self) -> str:
        """HOST:PORT for OTLP over gRPC."""
        return f"{self._reachable()}:{self._otlp_grpc_port}"

    @property
    def otlp_http(self) -> str:
        """Base URL for OTLP over HTTP."""
        return f"http://{self._reachable()}:{self._otlp_http_port}"

    def statistics(self) -> Statistics:
        """What is held, accepted, refused and evicted."""
        return self._store.statistics()

    async def __aenter__(self) -> Self:
        """Start listening.

        Raises:
            OSError: one of the ports is taken; the text names it.
        """
        intake = Intake(self._store)
        queries = web.Application(middlewares=[say_what_is_wrong])
        queries.add_routes(PageData(self._store, time.time_ns).routes())
        queries.add_routes(Api(self._store, time.time_ns).routes())
        add_pages(queries, self._pages)
        intake_over_http = http_intake(intake)
        watch(queries, self._observe)
        watch(intake_over_http, self._observe)
        async with AsyncExitStack() as stack:
            self._query_port = await listen(
                stack, queries, self._bind, self._query_port, "the trace viewer"
            )
            self._otlp_http_port = await listen(
                stack, intake_over_http, self._bind, self._otlp_http_port, "OTLP over HTTP"
            )
            grpc = await stack.enter_async_context(
                GrpcIntake(intake, self._host, self._otlp_grpc_port, self._observe_call)
            )
            self._otlp_grpc_port = grpc.port
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        # Last in, first out: intake ends before the questions do.
        await self._stack.aclose()

    def _reachable(self) -> str:
        """The address for clients on this machine."""
        address = _WILDCARDS.get(self._bind, self._bind)
        return f"[{address}]" if ":" in address else address
