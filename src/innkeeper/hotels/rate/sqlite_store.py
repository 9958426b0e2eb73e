"""Rate plans in a database file."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.kept import in_order


class SqliteRateStore:
    """As RateStore says, from a file that may change meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection of `sqlitefile.open_reading`."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "SqliteRateStore":
        """Open a database file.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(sqlitefile.open_reading(path))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, HotelPlans]:
        """As RateStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        found = sqlitefile.fetch_hotels(
            self._connection, "SELECT hotel_id, plans FROM rate", hotel_ids
        )
        return in_order(hotel_ids, dict(found))
