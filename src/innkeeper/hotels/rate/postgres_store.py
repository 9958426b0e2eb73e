"""Rate plans in PostgreSQL."""

from collections.abc import Mapping, Sequence

from innkeeper.hotels.postgres.pool import storable
from innkeeper.hotels.postgres.store import PostgresStore
from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.kept import in_order


class PostgresRateStore(PostgresStore):
    """As RateStore says, from tables that may change meanwhile."""

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, HotelPlans]:
        """As RateStore says.

        Raises:
            Unavailable: the database cannot answer now.
            Overloaded: too many are asking it.
        """
        found = await self._pool.fetch(
            "SELECT hotel_id, plans FROM rate WHERE hotel_id = ANY($1)", [storable(hotel_ids)]
        )
        return in_order(hotel_ids, dict(found))
