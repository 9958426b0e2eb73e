"""Serving HTTP, and leaving without a lost request."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import uvloop

from innkeeper.web import HttpServer, listen
from tests.support.asgi import lifespan


class Application:
    """Answers "hello", once it may."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        self.asked.set()
        self.requests += 1
        await self.may_answer.wait()
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})


@asynccontextmanager
async def connected(server: HttpServer) -> AsyncIterator["Client"]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


class Client:
    """One connection that asks again and again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def ask(self) -> None:
        self.writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")

    async def answer(self) -> bytes:
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert await self.reader.readexactly(5) == b"hello"
        return head.lower()


async def test_keep_alive() -> None:
    """Connections are kept for further requests."""
    async with (
        HttpServer(Application(), listen("127.0.0.1", 0), patience=0) as server,
        connected(server) as client,
    ):
        for _ in range(2):
            client.ask()
            assert b"connection: close" not in await client.answer()


def test_takes_many_connections_at_once() -> None:
    """Clients that come together are served after few passes of the loop, not one in each."""
    clients, passes = 64, 16

    async def scenario() -> int:
        application = Application()
        application.may_answer.clear()
        async with AsyncExitStack() as stack:
            listener = listen("127.0.0.1", 0)
            server = await stack.enter_async_context(HttpServer(application, listener, patience=0))
            for _ in range(clients):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            for _ in range(passes):
                await asyncio.sleep(0)
            application.may_answer.set()
            return application.requests

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scenario()) == clients


def test_an_answer_leaves_when_it_is_made() -> None:
    """Its reader has it before the pass of the loop that made it goes on to other answers."""
    body = b"x" * 4096

    async def scenario() -> bytes:
        read = asyncio.get_running_loop().create_future()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                await lifespan(receive, send)
                return
            headers = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            # Nothing was awaited that gives up control.
            read.set_result(client.recv(65536, socket.MSG_DONTWAIT))

        listener = listen("127.0.0.1", 0)
        async with HttpServer(application, listener, patience=0) as server:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
                received: bytes = await read
                return received

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scenario()).endswith(body)


async def test_leaving_tells_connections_to_close() -> None:
    """While it leaves, a server answers on open connections and ends each with that answer."""
    server = HttpServer(Application(), listen("127.0.0.1", 0), patience=30)
    await server.__aenter__()
    async with connected(server) as client:
        client.ask()
        await client.answer()
        leaving = asyncio.create_task(server.drain())
        await asyncio.sleep(0)
        client.ask()
        assert b"connection: close" in await client.answer()
        assert await client.reader.read() == b""
    leaving.cancel()
    await server.__aexit__(None, None, None)


async def test_leaving_tells_those_who_wait_to_close() -> None:
    """A request that was under way for long when its server leaves ends its connection, too."""
    application = Application()
    application.may_answer.clear()
    server = HttpServer(application, listen("127.0.0.1", 0), patience=30)
    await server.__aenter__()
    async with connected(server) as client:
        client.ask()
        await application.asked.wait()
        # What uvicorn does once a second.
        await server._server.on_tick(0)
        leaving = asyncio.create_task(server.drain())
        await asyncio.sleep(0)
        application.may_answer.set()
        assert b"connection: close" in await client.answer()
    leaving.cancel()
    await server.__aexit__(None, None, None)


async def test_leaving_refuses_new_connections() -> None:
    """A server that leaves takes no new connection, so that others on its socket get them."""
    server = HttpServer(Application(), listen("127.0.0.1", 0), patience=0)
    async with server:
        port = server.port
        await server.drain()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_request_under_way_is_answered() -> None:
    """A request that is being worked on when the server stops gets its answer."""
    application = Application()
    application.may_answer.clear()
    server = HttpServer(application, listen("127.0.0.1", 0), patience=0)
    await server.__aenter__()
    async with connected(server) as client:
        client.ask()
        await application.asked.wait()
        stopping = asyncio.create_task(server.__aexit__(None, None, None))
        await asyncio.sleep(0.05)
        application.may_answer.set()
        await client.answer()
        await stopping


async def test_busy_port() -> None:
    """A port that is listened on already cannot be had."""
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", listener.getsockname()[1])


async def test_stopped_while_starting() -> None:
    """An application that is still starting hears of its end before the server is gone."""
    heard: list[str] = []
    starting = asyncio.Event()
    may_start = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        starting.set()
        await may_start.wait()
        await send({"type": "lifespan.startup.complete"})
        heard.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})

    entering = asyncio.create_task(HttpServer(slow, listen("127.0.0.1", 0)).__aenter__())
    await starting.wait()
    entering.cancel()
    await asyncio.sleep(0)
    may_start.set()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert heard == ["lifespan.shutdown"]


async def test_application_that_does_not_start() -> None:
    """What keeps the application from starting is not swallowed."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    server = HttpServer(broken, listen("127.0.0.1", 0))
    with pytest.raises(RuntimeError):
        await server.__aenter__()
