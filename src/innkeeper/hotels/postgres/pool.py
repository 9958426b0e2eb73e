"""Connections to a database for as many callers as come.

A connection is made when one is needed and none is idle, and kept for the next. So a database that
was away is in use again with the first call after its return, and while it is away a call fails as
soon as the server's host says so. What is asked only reads, so that a call that finds its idle
connection cut is asked again, once, on a new one.
"""

import logging
from asyncio import Semaphore, timeout
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection

from innkeeper.errors import Overloaded, Unavailable
from innkeeper.hotels.postgres.failures import one_line
from innkeeper.hotels.postgres.place import Postgres

_LOG = logging.getLogger(__name__)

MOST_CONNECTIONS = 8
WAIT_SECONDS = 1.0
"""For a connection that is free."""
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 2

_SETTINGS: LiteralString = """
    SELECT set_config('search_path', $1, false),
        set_config('statement_timeout', $2, false),
        set_config('plan_cache_mode', 'force_generic_plan', false),
        set_config('jit', 'off', false)
"""

Connection = AsyncConnection[tuple[Any, ...]]


class Misordered(Unavailable):
    """An index that yields rows by distance found that its own estimate was too large."""


class Pool:
    """At most so many connections at once; calls beyond them wait their turn."""

    def __init__(self, place: Postgres, search_path: str, most: int = MOST_CONNECTIONS) -> None:
        self._place = place
        self._search_path = search_path
        self._free = Semaphore(most)
        self._idle: list[Connection] = []
        self._is_away = False

    async def fetch(
        self, statement: LiteralString, parameters: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """The rows that a statement finds; parameters are `$1` and so on.

        Raises:
            Overloaded: no connection became free in time.
            Misordered: the statement has to do without the order of an index.
            Unavailable: the database is away, or cannot answer now.
        """
        try:
            async with timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Overloaded("every connection to the database is in use") from None
        try:
            return await self._fetch(statement, parameters)
        except psycopg.Error as error:
            raise self._failure(error) from error
        finally:
            self._free.release()

    def close(self) -> None:
        """Close what is idle. What is in use closes when its call ends."""
        self._free = Semaphore(0)
        self._forget_idle()

    def _failure(self, error: psycopg.Error) -> Unavailable:
        if error.sqlstate is not None:
            failure = Misordered if "wrong order" in str(error) else Unavailable
            return failure(f"the database cannot answer: {one_line(error)}")
        if not self._is_away:
            self._is_away = True
            _LOG.warning("%s is away: %s", self._place, one_line(error))
        # Where it is, and as whom it is asked, is nothing for those who ask us.
        return Unavailable("the database is away")

    async def _fetch(
        self, statement: LiteralString, parameters: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        if self._idle:
            connection = self._idle.pop()
            try:
                return await self._ask(connection, statement, parameters)
            except psycopg.OperationalError:
                # Cut, or else the statement took too long, which another try will not mend.
                if not connection.broken:
                    raise
                self._forget_idle()
        return await self._ask(await self._connect(), statement, parameters)

    async def _ask(
        self, connection: Connection, statement: LiteralString, parameters: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        try:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, parameters, prepare=True)
            rows = await cursor.fetchall()
        except BaseException:
            # Whatever it was, such as a call that was given up, the next one starts afresh.
            _finish(connection)
            raise
        self._idle.append(connection)
        if self._is_away:
            self._is_away = False
            _LOG.info("%s is back", self._place)
        return rows

    async def _connect(self) -> Connection:
        connection = await AsyncConnection.connect(
            self._place.url,
            autocommit=True,
            cursor_factory=psycopg.AsyncRawCursor,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=STATEMENT_SECONDS * 1000,
            fallback_application_name="innkeeper",
        )
        try:
            await connection.execute(
                _SETTINGS, [self._search_path, f"{STATEMENT_SECONDS}s"], prepare=False
            )
        except BaseException:
            _finish(connection)
            raise
        return connection

    def _forget_idle(self) -> None:
        while self._idle:
            _finish(self._idle.pop())


def storable(texts: Iterable[str]) -> list[str]:
    """Those that can be in a database at all: no text of PostgreSQL has a NUL."""
    return [text for text in texts if "\0" not in text]


def _finish(connection: Connection) -> None:
    with suppress(psycopg.Error):
        connection.pgconn.finish()
