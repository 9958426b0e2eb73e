"""What Geo needs to know about places, and the flat file that knows it."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import degrees
from operator import attrgetter
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol

from msgspec import Meta

from innkeeper.hotels import flatfile
from innkeeper.hotels.geo import sphere

Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north (WGS 84).")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east (WGS 84).")]


class Place(flatfile.Record, frozen=True):
    """A record of `geo.json`."""

    lat: Latitude
    lon: Longitude


class NearbyPlace(NamedTuple):
    """A place seen from a point. Sorted, the nearest comes first, ties by id."""

    distance: float
    """Metres from the point."""
    hotel_id: str
    lat: float
    lon: float


class GeoStore(Protocol):
    """Where Geo keeps places."""

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int
    ) -> Sequence[NearbyPlace]:
        """At most `limit` places not farther than `radius` metres, nearest first, ties by id."""


class JsonGeoStore:
    """Places in memory, ordered by latitude.

    Only the places in the band of latitudes around the point are measured, which is plenty for as
    many hotels as a flat file may hold.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = sorted(places, key=attrgetter("lat"))
        self._latitudes = [place.lat for place in self._places]

    @classmethod
    def load(cls, path: Path) -> "JsonGeoStore":
        """Read `geo.json`.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(flatfile.load(path, Place))

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        # The margin, a tenth of a millimetre, is for rounding: the distance decides.
        band = degrees(radius / sphere.RADIUS) + 1e-9
        first = bisect_left(self._latitudes, lat - band)
        last = bisect_right(self._latitudes, lat + band)
        return heapq.nsmallest(
            limit,
            (
                NearbyPlace(metres, place.hotel_id, place.lat, place.lon)
                for place in self._places[first:last]
                if (metres := sphere.distance(lat, lon, place.lat, place.lon)) <= radius
            ),
        )
