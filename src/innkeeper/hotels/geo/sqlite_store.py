"""Places in a database file, found by an R*Tree of their coordinates.

Nobody knows beforehand how far the nearest `limit` places reach: in a city some hundred metres, at
sea nowhere. So circles are tried that grow, the first around a street corner, until one holds
enough. A circle that holds far too many, such as the first one of a voyage to reach a coast, is
left for one between it and the last.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf, pi
from pathlib import Path
from typing import Any

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.circle import Span, overlaps, reach, spans
from innkeeper.hotels.geo.store import After, NearbyPlace, nearest

FIRST_RADIUS = 200.0
GROWTH = 2.0
_NARROWEST = 1.0
# Half of the way round the earth reaches everything.
_EVERYWHERE = sphere.RADIUS * pi + 1

_PLACES = "SELECT hotel_id, lat, lon FROM place"
_IN_SPAN = "max_lat >= ? AND min_lat <= ? AND max_lon >= ? AND min_lon <= ?"
_INSIDE = f"""
    SELECT place.hotel_id, place.lat, place.lon
    FROM place_box JOIN place ON place.id = place_box.id
    WHERE {_IN_SPAN}
    LIMIT ?
"""
_COUNT = f"SELECT count(*) FROM place_box WHERE {_IN_SPAN}"
_NO_LIMIT = -1

Rows = Iterable[tuple[Any, ...]]
"""Ids with latitudes and longitudes."""
Seen = Callable[[Rows, float], Iterable[NearbyPlace]]
"""The places of some rows that are meant and not farther away than so many metres."""
Shape = Callable[[float], Sequence[Span]]
"""What holds the part of a circle of some radius that is looked at."""


class SqliteGeoStore:
    """As GeoStore says, from a file that may change meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection of `sqlitefile.open_reading`."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "SqliteGeoStore":
        """Open a database file.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(sqlitefile.open_reading(path))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        radius = min(radius, _EVERYWHERE)

        def seen(rows: Rows, tried: float) -> Iterator[NearbyPlace]:
            return (place for place in _seen(lat, lon, rows) if place.distance <= tried)

        return self._nearest(lambda tried: spans(lat, lon, tried), seen, radius, limit, after)

    async def within(
        self, box: Box, lat: float, lon: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        radius = min(reach(lat, lon, box), _EVERYWHERE)

        def seen(rows: Rows, tried: float) -> Iterator[NearbyPlace]:
            inside = (row for row in rows if box.contains(row[1], row[2]))
            return (place for place in _seen(lat, lon, inside) if place.distance <= tried)

        def shape(tried: float) -> Sequence[Span]:
            return overlaps(spans(lat, lon, tried), box)

        return self._nearest(shape, seen, radius, limit, after)

    async def locate(
        self, hotel_ids: Sequence[str], lat: float, lon: float
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        rows = sqlitefile.fetch_hotels(self._connection, _PLACES, list(set(hotel_ids)))
        return sorted(_seen(lat, lon, rows))

    def _nearest(
        self, shape: Shape, seen: Seen, radius: float, limit: int, after: After | None
    ) -> Sequence[NearbyPlace]:
        """The nearest places of a shape up to a radius.

        What grows is the ring around the places that `after` leaves out.
        """
        inner = 0.0 if after is None else min(after[0], radius)
        most = 16 * limit + 1024 + (self._count(shape(inner)) if after is not None else 0)
        too_small, too_large, tried = inner, inf, min(inner + FIRST_RADIUS, radius)
        while True:
            all_of_them = tried - too_small <= _NARROWEST
            rows = self._inside(shape(tried), _NO_LIMIT if all_of_them else most)
            if len(rows) >= most and not all_of_them:
                too_large, tried = tried, (too_small + tried) / 2
                continue
            near = nearest(seen(rows, tried), limit, after)
            if len(near) >= limit or tried >= radius:
                return near
            if too_large - tried <= _NARROWEST:
                too_large = inf
            too_small = tried
            tried = min(inner + (tried - inner) * GROWTH, radius, (tried + too_large) / 2)

    def _inside(self, shape: Sequence[Span], most: int) -> Sequence[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for span in shape:
            rows += sqlitefile.fetch(self._connection, _INSIDE, (*span, most))
        return rows

    def _count(self, shape: Sequence[Span]) -> int:
        counts = (sqlitefile.fetch(self._connection, _COUNT, span) for span in shape)
        return sum(int(rows[0][0]) for rows in counts)


def _seen(lat: float, lon: float, rows: Rows) -> Iterator[NearbyPlace]:
    for hotel_id, place_lat, place_lon in rows:
        metres = sphere.distance(lat, lon, place_lat, place_lon)
        yield NearbyPlace(metres, hotel_id, place_lat, place_lon)
