"""What the stores in PostgreSQL have in common: how they are opened and let go of."""

from typing import Self

from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.postgres.pool import Pool
from innkeeper.hotels.postgres.schema import prepare_reading


class PostgresStore:
    """Reads from tables that may change meanwhile.

    Every question raises Unavailable when the database cannot answer now, and Overloaded when too
    many are asking it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    def open(cls, place: Postgres) -> Self:
        """Open a database.

        Raises:
            CannotStart: it cannot be used; the text says why.
        """
        return cls(Pool(place, prepare_reading(place)))

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()
