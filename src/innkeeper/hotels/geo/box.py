"""Boxes on the map: ranges of latitudes and longitudes."""

from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A box in degrees, its edges part of it. One whose west lies east of its east goes over the
    date line."""

    south: float
    west: float
    north: float
    east: float

    @property
    def longitudes(self) -> Sequence[tuple[float, float]]:
        """Its ranges of longitudes, each from west to east. The date line has two names, -180 and
        180: a box that touches it holds the places of both."""
        if self.west > self.east:
            return ((self.west, 180.0), (-180.0, self.east))
        if self.east == 180 and self.west > -180:
            return ((self.west, 180.0), (-180.0, -180.0))
        if self.west == -180 and self.east < 180:
            return ((-180.0, self.east), (180.0, 180.0))
        return ((self.west, self.east),)

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the point half-way between its edges."""
        width = self.east - self.west + (360 if self.west > self.east else 0)
        lon = self.west + width / 2
        return (self.south + self.north) / 2, lon - 360 if lon > 180 else lon

    def contains(self, lat: float, lon: float) -> bool:
        """Whether a point lies in it."""
        return self.south <= lat <= self.north and any(
            west <= lon <= east for west, east in self.longitudes
        )
