"""Places in a database file, found by an R*Tree of their coordinates.

Nobody knows beforehand how far the nearest `limit` places reach: in a city some hundred metres, at
sea nowhere. So circles are tried that grow, the first around a street corner, until one holds
enough. One that holds far too many, such as the first of a voyage to reach a coast, is quartered
again and again, the nearest quarter first, until no quarter can hold a nearer place.
"""

import heapq
import sqlite3
from collections.abc import Iterable, Sequence
from math import pi
from pathlib import Path
from typing import Any, NamedTuple

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.circle import Span, least, overlaps, quarters, reach, spans
from innkeeper.hotels.geo.sphere import NearbyPlace
from innkeeper.hotels.geo.store import After, nearest

FIRST_RADIUS = 200.0
GROWTH = 2.0
# Degrees; the tree keeps coordinates less exactly than that.
_SMALLEST = 1e-4
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

Rows = Sequence[tuple[Any, ...]]
"""Ids with latitudes and longitudes."""


class _Asked(NamedTuple):
    """The nearest places to a point, in a box where there is one."""

    lat: float
    lon: float
    box: Box | None
    limit: int
    after: After | None

    def spans(self, radius: float) -> Sequence[Span]:
        """Where places of a circle can be."""
        circle = spans(self.lat, self.lon, radius)
        return circle if self.box is None else overlaps(circle, self.box)

    def nearest(
        self, rows: Rows, radius: float, known: Iterable[NearbyPlace] = ()
    ) -> Sequence[NearbyPlace]:
        """The first of some rows in a circle and of places that are known."""
        box = self.box
        if box is not None:
            rows = [row for row in rows if box.contains(row[1], row[2])]
        places = [sphere.place(*row) for row in rows]
        seen = sphere.seen_from(self.lat, self.lon, places, radius)
        return nearest([*{*known, *seen}] if known else seen, self.limit, self.after)


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
        asked = _Asked(lat, lon, None, limit, after)
        return self._nearest(asked, min(radius, _EVERYWHERE))

    async def within(
        self, box: Box, lat: float, lon: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        asked = _Asked(lat, lon, box, limit, after)
        return self._nearest(asked, min(reach(lat, lon, box), _EVERYWHERE))

    async def locate(
        self, hotel_ids: Sequence[str], lat: float, lon: float
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        rows = sqlitefile.fetch_hotels(self._connection, _PLACES, list(set(hotel_ids)))
        return sorted(sphere.seen_from(lat, lon, [sphere.place(*row) for row in rows]))

    def _nearest(self, asked: _Asked, radius: float) -> Sequence[NearbyPlace]:
        """What grows is the ring around the places that `after` leaves out."""
        inner = 0.0 if asked.after is None else min(asked.after[0], radius)
        most = 16 * asked.limit + 1024
        if asked.after is not None:
            most += self._count(asked.spans(inner))
        ring = FIRST_RADIUS
        while True:
            tried = min(inner + ring, radius)
            rows = self._inside(asked.spans(tried), most)
            if len(rows) < most:
                near = asked.nearest(rows, tried)
            else:
                near = self._nearest_in_crowd(asked, tried)
            if len(near) >= asked.limit or tried >= radius:
                return near
            ring *= GROWTH

    def _nearest_in_crowd(self, asked: _Asked, radius: float) -> Sequence[NearbyPlace]:
        """The same in a circle of more places than can be measured."""
        lat, lon = asked.lat, asked.lon
        waiting = [(least(lat, lon, span), span) for span in asked.spans(radius)]
        heapq.heapify(waiting)
        most = 2 * asked.limit + 64
        near: Sequence[NearbyPlace] = ()
        while waiting:
            metres, span = heapq.heappop(waiting)
            if metres > radius or (len(near) == asked.limit and metres > near[-1][0]):
                break
            # Places that stand so close together are no fewer in a quarter.
            rows = self._inside([span], most if span.north - span.south > _SMALLEST else _NO_LIMIT)
            if len(rows) == most:
                for quarter in quarters(span):
                    heapq.heappush(waiting, (least(lat, lon, quarter), quarter))
            else:
                near = asked.nearest(rows, radius, near)
        return near

    def _inside(self, shape: Sequence[Span], most: int) -> Sequence[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for span in shape:
            rows += sqlitefile.fetch(self._connection, _INSIDE, (*span, most))
        return rows

    def _count(self, shape: Sequence[Span]) -> int:
        counts = (sqlitefile.fetch(self._connection, _COUNT, span) for span in shape)
        return sum(int(rows[0][0]) for rows in counts)
