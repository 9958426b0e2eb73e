"""Requests to Consul's HTTP API, and what can go wrong with them.

Foreign errors end here. A caller sees `errors.Unavailable`, whose text names the URL and what to
do, as `Unreachable` when no answer came at all.
"""

import json
import logging
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp

from innkeeper.errors import CannotStart, Unavailable
from innkeeper.registry.outage import Outage
from innkeeper.settings import RegistrySettings

CONNECT_TIMEOUT = 2.0
"""Seconds until a connection must stand."""
ANSWER_TIMEOUT = 5.0
"""Seconds until an answer must be there, on top of what a query may block."""

_log = logging.getLogger(__name__)


class Unreachable(Unavailable):
    """No answer came: nobody listens, the connection broke, or the time was up."""


@dataclass(frozen=True)
class Answer:
    """An answer of any status."""

    path: str
    status: int
    index: str | None
    """What the header `X-Consul-Index` said."""
    body: bytes


class Transport:
    """The connections to one agent. An async context manager that owns them."""

    def __init__(
        self,
        settings: RegistrySettings,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        answer_timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        self.name = f"unix://{settings.unix_socket}" if settings.unix_socket else settings.url
        """How to call the registry in a message."""
        self._settings = settings
        self._connect_timeout = connect_timeout
        self._answer_timeout = answer_timeout
        self.unanswered = 0
        """How many requests got no answer so far. A rise means that the registry may have lost its
        memory."""
        self._session: aiohttp.ClientSession | None = None
        self._outage = Outage(_log, f"the registry at {self.name}")

    async def __aenter__(self) -> "Transport":
        settings = self._settings
        # No limit, as each blocking query occupies a connection for as long as it waits. No reuse,
        # as a connection that the registry closed meanwhile would look like an outage.
        self._session = aiohttp.ClientSession(
            connector=(
                aiohttp.UnixConnector(path=settings.unix_socket, limit=0, force_close=True)
                if settings.unix_socket
                else aiohttp.TCPConnector(ssl=_tls(settings), limit=0, force_close=True)
            ),
            headers={"X-Consul-Token": settings.token} if settings.token else None,
            middlewares=(self._try_once,),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        blocks: float = 0.0,
    ) -> Answer:
        """Ask once. `blocks` is how many seconds the registry was asked to hold the answer back;
        it adds up to a sixteenth of that, so that queries do not return together.

        Raises:
            Unreachable: no answer came.
        """
        if self._session is None:
            raise RuntimeError("a Transport is used inside `async with`")
        limit = blocks * 17 / 16 + self._answer_timeout
        try:
            async with self._session.request(
                method,
                self._settings.url + path,
                params=query,
                json=body,
                # The token is for this registry alone.
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=limit, sock_connect=self._connect_timeout),
            ) as response:
                index = response.headers.get("X-Consul-Index")
                answer = Answer(path, response.status, index, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._unreachable(error) from error
        self._outage.ended()
        return answer

    def expect_ok(self, answer: Answer) -> None:
        """Pass a success.

        Raises:
            Unavailable: the registry refused or failed.
        """
        if answer.status == 200:
            return
        text = " ".join(answer.body[:200].decode(errors="replace").split())
        if answer.status == 403:
            raise Unavailable(
                f"the registry at {self.name} forbids {answer.path} ({text}):"
                " set CONSUL_HTTP_TOKEN to a token that may do this"
            )
        raise Unavailable(
            f"the registry at {self.name} answered {answer.status} to {answer.path}: {text}"
        )

    def read(self, answer: Answer) -> Any:
        """The decoded body of a success.

        Raises:
            Unavailable: the registry refused or failed, or answered no JSON.
        """
        self.expect_ok(answer)
        try:
            return json.loads(answer.body)
        except ValueError:
            raise self.not_consul(answer, "no JSON") from None

    def not_consul(self, answer: Answer, found: str) -> Unavailable:
        """The error for an answer that no Consul gives."""
        return Unavailable(
            f"the registry at {self.name} does not answer {answer.path} as Consul does ({found}):"
            " check CONSUL_HTTP_ADDR"
        )

    async def _try_once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Turn broken connections into an error that aiohttp does not meet with a second try of its
        own. That one would ask a restarted registry for news since an index of its former life, and
        be held back for as long as a query may block."""
        try:
            return await handler(request)
        except aiohttp.ClientConnectionError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> Unreachable:
        unreachable = Unreachable(self._why(error))
        self.unanswered += 1
        self._outage.failed(unreachable)
        return unreachable

    def _why(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"the registry at {self.name} did not answer in time"
        if isinstance(error, aiohttp.ClientSSLError):
            return (
                f"the registry at {self.name} speaks no TLS that is trusted here"
                f" ({_reason(error)}): set CONSUL_CACERT to the file of its authority"
            )
        return (
            f"the registry at {self.name} cannot be reached ({_reason(error)}):"
            " start it, or set CONSUL_HTTP_ADDR to one that runs"
        )


def _tls(settings: RegistrySettings) -> ssl.SSLContext | bool:
    if not settings.verify:
        return False
    if settings.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise CannotStart(
            f"CONSUL_CACERT is {settings.ca_file!r}, which cannot be read ({_reason(error)}):"
            " set it to a PEM file"
        ) from None


def _reason(error: Exception) -> str:
    """The shortest text that says what happened; asyncio and uvloop word theirs differently."""
    cause = getattr(error, "os_error", error)
    code = getattr(cause, "errno", None)
    if isinstance(code, int) and code > 0 and not isinstance(cause, ssl.SSLError):
        return os.strerror(code)
    return str(cause) or type(cause).__name__
