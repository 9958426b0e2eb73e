"""Places in a database file, found by an R*Tree of their coordinates.

Nobody knows beforehand how far the nearest `limit` places reach: in a city some hundred metres, at
sea nowhere. So circles are tried that grow, the first around a street corner, until one holds
enough. A circle that holds far too many, such as the first one of a voyage to reach a coast, is
left for one between it and the last.
"""

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from math import asin, cos, degrees, inf, pi, radians, sin
from pathlib import Path
from typing import Any

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.store import NearbyPlace

FIRST_RADIUS = 200.0
GROWTH = 2.0
# For rounding: the distance decides, so a box may be too large but never too small.
_MARGIN = 1e-7
_NARROWEST = 1.0

_INSIDE = """
    SELECT place.hotel_id, place.lat, place.lon
    FROM place_box JOIN place ON place.id = place_box.id
    WHERE max_lat >= ? AND min_lat <= ? AND max_lon >= ? AND min_lon <= ?
    LIMIT ?
"""
_NO_LIMIT = -1


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
        self, lat: float, lon: float, radius: float, limit: int
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        # Half of the way round the earth reaches everything.
        radius = min(radius, sphere.RADIUS * pi + 1)
        most = 16 * limit + 1024
        too_small, too_large, tried = 0.0, inf, min(FIRST_RADIUS, radius)
        while True:
            all_of_them = tried - too_small <= _NARROWEST
            rows = self._inside(lat, lon, tried, _NO_LIMIT if all_of_them else most)
            if len(rows) >= most and not all_of_them:
                too_large, tried = tried, (too_small + tried) / 2
                continue
            near = list(_measured(rows, lat, lon, tried))
            if len(near) >= limit or tried >= radius:
                return heapq.nsmallest(limit, near)
            if too_large - tried <= _NARROWEST:
                too_large = inf
            too_small = tried
            tried = min(tried * GROWTH, radius, (tried + too_large) / 2)

    def _inside(
        self, lat: float, lon: float, radius: float, most: int
    ) -> Sequence[tuple[Any, ...]]:
        """The places in a box, or two at the date line, around a circle."""
        angle = radius / sphere.RADIUS
        band = degrees(angle) + _MARGIN
        south, north = lat - band, lat + band
        rows: list[tuple[Any, ...]] = []
        for west, east in _longitudes(lat, lon, angle, band):
            rows += sqlitefile.fetch(self._connection, _INSIDE, (south, north, west, east, most))
        return rows


def _longitudes(lat: float, lon: float, angle: float, band: float) -> Sequence[tuple[float, float]]:
    """The ranges of longitudes that a circle of so many radians reaches."""
    if abs(lat) + band >= 90:
        return ((-inf, inf),)
    # Where the circle is widest its meridian touches it, a little nearer to the pole.
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(lat))))) + _MARGIN
    west, east = lon - width, lon + width
    if east > 180:
        return ((west, 180.0), (-180.0, east - 360))
    if west < -180:
        return ((-180.0, east), (west + 360, 180.0))
    return ((west, east),)


def _measured(
    rows: Sequence[tuple[Any, ...]], lat: float, lon: float, radius: float
) -> Iterator[NearbyPlace]:
    for hotel_id, place_lat, place_lon in rows:
        metres = sphere.distance(lat, lon, place_lat, place_lon)
        if metres <= radius:
            yield NearbyPlace(metres, hotel_id, place_lat, place_lon)
