"""Hotels in PostgreSQL."""

from collections.abc import Mapping, Sequence

from innkeeper.hotels.postgres.pool import Pool, storable
from innkeeper.hotels.postgres.store import PostgresStore
from innkeeper.hotels.profile.finding import find
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.kept import decode
from innkeeper.hotels.profile.matching import Match
from innkeeper.hotels.profile.postgres_index import PostgresWordIndex


class PostgresProfileStore(PostgresStore):
    """As ProfileStore says, from tables that may change meanwhile."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._index = PostgresWordIndex(pool)

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
