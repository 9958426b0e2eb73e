"""uvicorn on a socket that may have been handed down, with an end in steps.

    SERVING ──exit──▶ LEAVING: the listener is closed, so new connections go to other processes
                        │      that share the socket; every answer says `Connection: close`
                        ▼
                      CLOSING: connections that stayed idle are closed, what is in flight finishes

A client that holds an idle connection would lose the request that it sends at the moment when the
connection is closed. Therefore the patience in between: a busy client asks again within it and is
told to leave.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from innkeeper.web.whole import offering

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

BACKLOG = 2048
_HANDLES = 8
"""Handles of the listening socket. The event loop (libuv) takes one connection from each in a pass;
with only one, a thousand clients that come together wait for a thousand passes."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port whose last connections are still closing is free; one that is listened on is not.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class HttpServer:
    """Serves an application while its context is entered."""

    def __init__(
        self,
        application: Application,
        listener: socket.socket,
        *,
        patience: float = 0.3,
        grace: int = 1,
    ) -> None:
        """`patience` and `grace` are the seconds that LEAVING and CLOSING may take."""
        self._leaving = False
        self._patience = patience
        self._listeners = [listener]
        self._port: int = listener.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                application,
                http=_Connection,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=grace,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    async def __aenter__(self) -> "HttpServer":
        listener = self._listeners[0]
        self._listeners += [listener.dup() for _ in range(_HANDLES - 1)]
        self._serving = asyncio.create_task(self._server.serve(sockets=self._listeners))
        up = asyncio.create_task(self._server.up.wait())
        try:
            await asyncio.wait([self._serving, up], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # Stopped while starting: the application hears of its end all the same.
            self._server.should_exit = True
            await self._serving
            self._close_listeners()
            raise
        finally:
            up.cancel()
        if self._serving.done():
            self._close_listeners()
            await self._serving
        return self

    async def drain(self) -> None:
        """Leave the listener and let idle callers know. Idempotent."""
        if self._leaving:
            return
        self._leaving = True
        for server in self._server.servers:
            server.close()
        self._close_listeners()
        self._server.say_closing()
        await asyncio.sleep(self._patience)

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.drain()
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving


class _Connection(HttpToolsProtocol):
    """uvicorn's connection, which also takes answers in one piece."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        send = offering(cycle)
        super()._start_asgi_task(cycle, lambda scope, receive, _: app(scope, receive, send))


class _Server(uvicorn.Server):
    """Tells when it is up; signals belong to whoever hosts it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            # A server within a process must not end it.
            raise RuntimeError("the HTTP application did not start; its log says why") from None
        self.up.set()

    def say_closing(self) -> None:
        """Add `Connection: close` to every answer from now on."""
        closing = (b"connection", b"close")
        # The second list is made anew from the first once a second.
        self.config.encoded_headers.append(closing)
        self.server_state.default_headers.append(closing)
        for connection in self.server_state.connections:
            # Requests under way may have been given an earlier list.
            if isinstance(connection, HttpToolsProtocol) and connection.cycle is not None:
                connection.cycle.keep_alive = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
