"""Places in PostgreSQL with PostGIS.

The database finds those that can be among the nearest, from an index that yields places by their
distance; what the distance is, and so their order, is reckoned here as for every other store.
"""

from collections.abc import Iterable, Sequence
from math import pi
from typing import Any, LiteralString

from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.sphere import NearbyPlace
from innkeeper.hotels.geo.store import After, nearest
from innkeeper.hotels.postgres.pool import Misordered, storable
from innkeeper.hotels.postgres.store import PostgresStore

# Metres that the distances of PostGIS and ours may differ by: at opposite ends of the earth, ours
# are no better than some decimetres.
_SLACK = 1.0
_SPARE = 8
_EVERYWHERE = sphere.RADIUS * pi + 1

_FOUND: LiteralString = "SELECT hotel_id, lat, lon FROM place"
_POINT: LiteralString = "ST_SetSRID(ST_MakePoint($2, $1), 4326)::geography"
_DISTANCE: LiteralString = f"ST_Distance(geog, {_POINT}, false)"
_BY_INDEX: LiteralString = f"geog <-> {_POINT}"
_NEAREST: LiteralString = f"""
    AND ($3 = 0 OR {_DISTANCE} >= $3)
    ORDER BY {_BY_INDEX}
    LIMIT $4
"""
_NEARBY: LiteralString = f"{_FOUND} WHERE ST_DWithin(geog, {_POINT}, $5, false) {_NEAREST}"
_EVERY: LiteralString = f"{_FOUND} WHERE true {_NEAREST}"
_WITHIN: LiteralString = (
    f"{_FOUND} WHERE point(lon, lat) <@ box(point($5, $6), point($7, $8)) {_NEAREST}"
)
_LOCATE: LiteralString = f"{_FOUND} WHERE hotel_id = ANY($1)"


class PostgresGeoStore(PostgresStore):
    """As GeoStore says, from a table that may change meanwhile."""

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        point = (lat, lon)
        if radius >= _EVERYWHERE:
            return await self._nearest(_EVERY, point, (), limit, after)
        near = await self._nearest(_NEARBY, point, (radius + _SLACK,), limit, after)
        return [place for place in near if place[0] <= radius]

    async def within(
        self, box: Box, lat: float, lon: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        found: list[NearbyPlace] = []
        for west, east in box.longitudes:
            edges = (west, box.south, east, box.north)
            found += await self._nearest(_WITHIN, (lat, lon), edges, limit, after)
        return nearest(found, limit, None)

    async def locate(
        self, hotel_ids: Sequence[str], lat: float, lon: float
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        rows = await self._pool.fetch(_LOCATE, [storable(hotel_ids)])
        return sorted(_seen_from((lat, lon), rows))

    async def _nearest(
        self,
        statement: LiteralString,
        point: tuple[float, float],
        parameters: Sequence[float],
        limit: int,
        after: After | None,
    ) -> Sequence[NearbyPlace]:
        """The first places that a statement finds, by our distances."""
        first = 0.0 if after is None else max(0.0, after[0] - _SLACK)
        most = limit + _SPARE
        while True:
            rows = await self._fetch(statement, [*point, first, most, *parameters])
            seen = sorted(_seen_from(point, rows))
            near = nearest(seen, limit, after)
            # Beyond the farthest that was found there may be others, as far away as that.
            if len(rows) < most or (len(near) == limit and near[-1][0] < seen[-1][0] - 2 * _SLACK):
                return near
            most *= 2

    async def _fetch(
        self, statement: LiteralString, parameters: Sequence[float]
    ) -> Sequence[tuple[Any, ...]]:
        try:
            return await self._pool.fetch(statement, parameters)
        except Misordered:
            # For some points, once in some thousand questions, rounding makes the index of PostGIS
            # 3.3 believe a place farther away than it is, which PostgreSQL takes for an error.
            slower = statement.replace(_BY_INDEX, _DISTANCE)
            return await self._pool.fetch(slower, parameters)


def _seen_from(point: tuple[float, float], rows: Iterable[tuple[Any, ...]]) -> list[NearbyPlace]:
    return sphere.seen_from(*point, [sphere.place(*row) for row in rows])
