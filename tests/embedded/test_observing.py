"""What is told of requests to the embedded servers."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from innkeeper.embedded.observing import watch

Told = list[tuple[str, str, int]]


@pytest.fixture
def told() -> Told:
    """Method, route and status of each request."""
    return []


@pytest.fixture
async def http(told: Told, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """Asks a server of a few routes."""

    async def found(request: web.Request) -> web.Response:
        return web.Response()

    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPFound("/")

    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError("broken")

    async def gone(request: web.Request) -> web.Response:
        raise ConnectionResetError

    def observe(method: str, route: str, status: int, seconds: float) -> None:
        assert 0 <= seconds < 60
        told.append((method, route, status))

    application = web.Application()
    watch(application, observe)
    application.router.add_get("/things/{thing:.*}", found)
    application.router.add_get("/elsewhere", elsewhere)
    application.router.add_get("/broken", broken)
    application.router.add_get("/gone", gone)
    application.router.add_static("/files", tmp_path)
    async with (
        TestServer(application) as server,
        aiohttp.ClientSession(server.make_url("/")) as session,
    ):
        yield session


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/things/1", "/things/{thing}", 200),
        ("/things/a%2Fb/c?d", "/things/{thing}", 200),
        ("/elsewhere", "/elsewhere", 302),
        ("/broken", "/broken", 500),
        ("/made/up", "unknown", 404),
    ],
)
async def test_a_request_is_told_of_by_its_route(
    http: aiohttp.ClientSession, told: Told, path: str, route: str, status: int
) -> None:
    """As a template, with the status that its sender got, however the handler ended."""
    async with http.get(path, allow_redirects=False) as answer:
        assert answer.status == status
    assert told == [("GET", route, status)]


@pytest.mark.parametrize("path", ["/files/none", "/gone"])
async def test_what_is_left_out(http: aiohttp.ClientSession, told: Told, path: str) -> None:
    """Files, whose status is not known in time, and requests that were broken off."""
    with suppress(aiohttp.ClientError):
        async with http.get(path):
            pass
    assert told == []
