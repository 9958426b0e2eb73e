"""Statements that take milliseconds, run where the event loop does not wait for them."""

import sqlite3
from asyncio import wrap_future
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from innkeeper.errors import Unavailable

ResultT = TypeVar("ResultT")


class SqliteThread:
    """A connection with a thread of its own, in which one piece of work follows the other.

    Work whose caller is cancelled is left out, or ends unseen where it has begun; the next waits
    for that, so that two never share the connection.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that threads may use, and close it in the end."""
        self._connection = connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def run(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """What some work with the connection gives.

        Raises:
            Unavailable: it has been closed; or the work says so.
        """
        try:
            done = self._thread.submit(work, self._connection)
        except RuntimeError as error:
            raise Unavailable("the database has been closed") from error
        return await wrap_future(done)

    def close(self) -> None:
        """Let work that was asked for end, then close the connection."""
        self._thread.shutdown()
        self._connection.close()
