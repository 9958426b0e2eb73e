"""Hotels in PostgreSQL."""

from collections.abc import Mapping, Sequence

from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.postgres.pool import Pool, storable
from innkeeper.hotels.postgres.schema import prepare_reading
from innkeeper.hotels.profile.finding import find
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.kept import decode
from innkeeper.hotels.profile.matching import Match
from innkeeper.hotels.profile.postgres_index import PostgresWordIndex


class PostgresProfileStore:
    """As ProfileStore says, from tables that may change meanwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._index = PostgresWordIndex(pool)

    @classmethod
    def open(cls, place: Postgres) -> "PostgresProfileStore":
        """Open a database.

        Raises:
            CannotStart: it cannot be used; the text says why.
        """
        return cls(Pool(place, prepare_reading(place)))

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """As ProfileStore says.

        Raises:
            Unavailable: the database cannot answer now.
            Overloaded: too many are asking it.
        """
        found = await self._pool.fetch(
            "SELECT hotel_id, record FROM profile WHERE hotel_id = ANY($1)", [storable(hotel_ids)]
        )
        return {hotel_id: decode(record) for hotel_id, record in found}

    async def find(
        self, q: str, min_rating: float, hotel_ids: Sequence[str] | None, limit: int
    ) -> Sequence[Match]:
        """As ProfileStore says.

        Raises:
            Unavailable: the database cannot answer now.
            Overloaded: too many are asking it.
        """
        return await find(self._index, q, min_rating, hotel_ids, limit)
