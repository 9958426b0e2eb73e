"""Hotels in a database file."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.profile.finding import find
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.kept import decode
from innkeeper.hotels.profile.matching import Match
from innkeeper.hotels.profile.sqlite_index import SqliteWordIndex
from innkeeper.hotels.profile.sqlite_thread import SqliteThread


class SqliteProfileStore:
    """As ProfileStore says, from a file that may change meanwhile."""

    def __init__(self, connection: sqlite3.Connection, finding: sqlite3.Connection) -> None:
        """Take two connections of `sqlitefile.open_reading`.

        Looking hotels up by id is over sooner than a thread would take it up; `finding` is for
        words, which take milliseconds among many hotels.
        """
        self._connection = connection
        self._thread = SqliteThread(finding)
        self._index = SqliteWordIndex(self._thread)

    @classmethod
    def open(cls, path: Path) -> "SqliteProfileStore":
        """Open a database file.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        connection = sqlitefile.open_reading(path)
        try:
            return cls(connection, sqlitefile.open_reading(path))
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._thread.close()
        self._connection.close()

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """As ProfileStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        found = sqlitefile.fetch_hotels(
            self._connection, "SELECT hotel_id, record FROM profile", hotel_ids
        )
        return {hotel_id: decode(record) for hotel_id, record in found}

    async def find(
        self, q: str, min_rating: float, hotel_ids: Sequence[str] | None, limit: int
    ) -> Sequence[Match]:
        """As ProfileStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        return await find(self._index, q, min_rating, hotel_ids, limit)
