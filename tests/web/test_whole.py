"""Answers that leave in one piece."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvloop

from innkeeper.hotels.frontend import hotels
from innkeeper.web import HttpServer, listen
from innkeeper.web.whole import WHOLE
from tests.support.asgi import lifespan

BODY = b"x" * 4096


class Application:
    """Answers in one piece, after what is to happen first."""

    def __init__(self) -> None:
        self.before: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        assert WHOLE in scope["extensions"]
        while self.before:
            await self.before.pop()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/plain")],
                "body": BODY,
            }
        )


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[tuple[HttpServer, socket.socket]]:
    """A server, and a connection to it."""
    async with HttpServer(application, listen("127.0.0.1", 0), patience=0) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.setblocking(False)
            yield server, client


async def ask(client: socket.socket, method: str = "GET") -> None:
    request = f"{method} / HTTP/1.1\r\nHost: here\r\n\r\n"
    await asyncio.get_running_loop().sock_sendall(client, request.encode())


async def receive(client: socket.socket, most: int = 65536) -> bytes:
    return await asyncio.get_running_loop().sock_recv(client, most)


def head_of(answer: bytes) -> list[bytes]:
    return sorted(answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n"))


def test_one_packet() -> None:
    """Head and body arrive together, on a connection that goes on."""

    async def scenario() -> None:
        async with serving(Application()) as (_, client):
            for _ in range(2):
                await ask(client)
                answer = await receive(client)
                assert answer.endswith(b"\r\n\r\n" + BODY)
                assert b"content-length: 4096" in head_of(answer)
                assert b"content-type: text/plain" in head_of(answer)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario())


async def test_head() -> None:
    """Whoever asks for the head gets nothing else."""
    async with serving(Application()) as (_, client):
        await ask(client, "HEAD")
        answer = await receive(client)
        assert b"content-length: 4096" in head_of(answer)
        await ask(client)
        assert answer.endswith(b"\r\n\r\n")
        assert (await receive(client)).startswith(b"HTTP/1.1 200")


async def test_leaving() -> None:
    """A server that leaves says so with such an answer, too, and closes behind it."""
    application = Application()
    async with serving(application) as (server, client):
        application.before.append(server.drain())
        await ask(client)
        answer = b""
        while piece := await receive(client):
            answer += piece
        assert b"connection: close" in head_of(answer)
        assert answer.endswith(BODY)


async def test_a_reader_that_is_slow() -> None:
    """Answers that nobody fetches for a while arrive whole and in order."""
    count = 2000
    async with serving(Application()) as (_, client):
        sending = asyncio.create_task(ask_again_and_again(client, count))
        await asyncio.sleep(0.05)
        answers = b""
        while piece := await receive(client):
            answers += piece
        await sending
    _, *bodies = answers.split(b"HTTP/1.1 200 OK\r\n")
    assert len(bodies) == count
    assert all(body.endswith(b"\r\n\r\n" + BODY) for body in bodies)


async def ask_again_and_again(client: socket.socket, count: int) -> None:
    """Without reading an answer; the last one ends the connection."""
    for _ in range(count - 1):
        await ask(client)
    last = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    await asyncio.get_running_loop().sock_sendall(client, last)


async def test_a_client_that_left() -> None:
    """Whoever is gone is not answered, and others are."""
    application = Application()
    async with serving(application) as (server, client):
        left = asyncio.Event()
        application.before.append(left.wait())
        await ask(client)
        await asyncio.sleep(0.05)
        client.close()
        await asyncio.sleep(0.05)
        left.set()
        with socket.create_connection(("127.0.0.1", server.port)) as other:
            other.setblocking(False)
            await ask(other)
            assert (await receive(other)).startswith(b"HTTP/1.1 200")


def test_the_frontend_knows_it() -> None:
    """The application and the server, which do not know each other, mean the same extension."""
    assert hotels.WHOLE == WHOLE
