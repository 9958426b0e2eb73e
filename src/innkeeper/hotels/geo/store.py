"""What Geo needs to know about places, and the flat file that knows it."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import degrees
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Protocol

from msgspec import Meta

from innkeeper.hotels import flatfile
from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.sphere import NearbyPlace

Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north (WGS 84).")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east (WGS 84).")]


class Place(flatfile.Record, frozen=True):
    """A record of `geo.json`."""

    lat: Latitude
    lon: Longitude


After = tuple[float, str]
"""A place in the order of places: its distance and id."""


class GeoStore(Protocol):
    """Where Geo keeps places.

    Places come nearest first, ties by id. With `after`, those up to that place in this order, and
    that place itself, are left out: the next page after the one that ended with it.
    """

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """At most `limit` places not farther than `radius` metres from the point."""

    async def within(
        self, box: Box, lat: float, lon: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """At most `limit` places in the box, which the point need not be in."""

    async def locate(
        self, hotel_ids: Sequence[str], lat: float, lon: float
    ) -> Sequence[NearbyPlace]:
        """Those of the hotels that are known, each once, as seen from the point."""


class JsonGeoStore:
    """Places in memory, ordered by latitude.

    Only the places in a band of latitudes are measured, which is plenty for as many hotels as a
    flat file may hold.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        ordered = sorted(places, key=attrgetter("lat"))
        self._places = [sphere.place(place.hotel_id, place.lat, place.lon) for place in ordered]
        self._latitudes = [place.lat for place in ordered]
        self._by_id = {place[0]: place for place in self._places}

    @classmethod
    def load(cls, path: Path) -> "JsonGeoStore":
        """Read `geo.json`.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(flatfile.load(path, Place))

    async def nearby(
        self, lat: float, lon: float, radius: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        # The margin, a tenth of a millimetre, is for rounding: the distance decides.
        band = degrees(radius / sphere.RADIUS) + 1e-9
        seen = sphere.seen_from(lat, lon, self._between(lat - band, lat + band), radius)
        return nearest(seen, limit, after)

    async def within(
        self, box: Box, lat: float, lon: float, limit: int, after: After | None = None
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        inside = [
            place
            for place in self._between(box.south, box.north)
            if box.contains(place[1], place[2])
        ]
        return nearest(sphere.seen_from(lat, lon, inside), limit, after)

    async def locate(
        self, hotel_ids: Sequence[str], lat: float, lon: float
    ) -> Sequence[NearbyPlace]:
        """As GeoStore says."""
        known = [place for id in set(hotel_ids) if (place := self._by_id.get(id)) is not None]
        return sorted(sphere.seen_from(lat, lon, known))

    def _between(self, south: float, north: float) -> Sequence[sphere.Place]:
        first = bisect_left(self._latitudes, south)
        last = bisect_right(self._latitudes, north)
        return self._places[first:last]


def nearest(places: Sequence[NearbyPlace], limit: int, after: After | None) -> list[NearbyPlace]:
    """The first of some places, those left out that `after` says."""
    if after is not None:
        places = [place for place in places if place[:2] > after]
    if len(places) <= 2 * limit:
        # Then to sort them all costs less than to pick some.
        return sorted(places)[:limit]
    return heapq.nsmallest(limit, places)
