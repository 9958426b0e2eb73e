"""Rate plans in PostgreSQL."""

from collections.abc import Mapping, Sequence

from innkeeper.hotels.postgres.place import Postgres
from innkeeper.hotels.postgres.pool import Pool, storable
from innkeeper.hotels.postgres.schema import prepare_reading
from innkeeper.hotels.rate.kept import decode
from innkeeper.hotels.rate.plan import RatePlan


class PostgresRateStore:
    """As RateStore says, from tables that may change meanwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    def open(cls, place: Postgres) -> "PostgresRateStore":
        """Open a database.

        Raises:
            CannotStart: it cannot be used; the text says why.
        """
        return cls(Pool(place, prepare_reading(place)))

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, Sequence[RatePlan]]:
        """As RateStore says.

        Raises:
            Unavailable: the database cannot answer now.
            Overloaded: too many are asking it.
        """
        found = await self._pool.fetch(
            "SELECT hotel_id, plans FROM rate WHERE hotel_id = ANY($1)", [storable(hotel_ids)]
        )
        return {hotel_id: decode(plans) for hotel_id, plans in found}
