"""Passing when an HTTP request is answered with 2xx, warning with 429."""

import asyncio
from http import HTTPStatus

import aiohttp

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.probe import Outcome, dial_failure
from innkeeper.embedded.registry.checks.tls import client_context
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, WARNING

_MOST_REDIRECTS = 10


class HttpProbe:
    """Sends one request over a connection of its own."""

    def __init__(self, definition: CheckDefinition) -> None:
        self._definition = definition
        self._method = definition.method or "GET"
        self._headers = _headers(definition)
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self) -> Outcome:
        definition = self._definition
        try:
            async with self._open().request(
                self._method,
                definition.http,
                headers=self._headers,
                data=definition.body or None,
                allow_redirects=not definition.disable_redirects,
                max_redirects=_MOST_REDIRECTS,
                server_hostname=definition.tls_server_name or None,
            ) as response:
                body = await _tail(response, definition.output_limit)
                return Outcome(
                    _status(response.status),
                    f"HTTP {self._method} {definition.http}: {response.status}"
                    f" {response.reason or ''} Output: {body}",
                )
        except asyncio.CancelledError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Outcome(CRITICAL, f'{self._method.title()} "{definition.http}": {_why(error)}')

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=client_context(self._definition.tls_skip_verify), force_close=True
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session


def _headers(definition: CheckDefinition) -> list[tuple[str, str]]:
    given = [(name, value) for name, values in definition.header.items() for value in values]
    named = {name.lower() for name, _ in given}
    defaults = (
        ("User-Agent", "Consul Health Check"),
        ("Accept", "text/plain, text/*, */*"),
        ("Accept-Encoding", "identity"),
    )
    return [*given, *(each for each in defaults if each[0].lower() not in named)]


async def _tail(response: aiohttp.ClientResponse, limit: int) -> str:
    """The end of the body: all of it is read, no more than the limit is held."""
    tail = b""
    async for chunk in response.content.iter_any():
        tail = (tail + chunk)[-limit:]
    return tail.decode(errors="replace")


def _status(code: int) -> str:
    if HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES:
        return PASSING
    return WARNING if code == HTTPStatus.TOO_MANY_REQUESTS else CRITICAL


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return dial_failure(f"{error.host}:{error.port}", error.os_error)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "EOF"
    if isinstance(error, aiohttp.InvalidURL):
        return "unsupported protocol scheme or invalid URL"
    if isinstance(error, aiohttp.TooManyRedirects):
        return f"stopped after {_MOST_REDIRECTS} redirects"
    return str(error) or type(error).__name__
