"""Places as they are seen from a point: distances on the earth, taken as a sphere."""

from collections.abc import Iterable
from math import asin, cos, inf, radians, sin, sqrt

RADIUS = 6_371_008.8
"""Metres; the mean radius of the earth."""

_DIAMETER = 2 * RADIUS

Place = tuple[str, float, float, float, float]
"""Id, latitude and longitude in degrees; then what distances need besides: the latitude in radians,
and the cosine of that."""

NearbyPlace = tuple[float, str, float, float]
"""A place seen from a point: how many metres away it is, its id, its latitude and its longitude.
Sorted, the nearest comes first, ties by id."""


def place(hotel_id: str, lat: float, lon: float) -> Place:
    """A place, ready to be measured."""
    phi = radians(lat)
    return hotel_id, lat, lon, phi, cos(phi)


def seen_from(
    lat: float, lon: float, places: Iterable[Place], radius: float = inf
) -> list[NearbyPlace]:
    """Those of the places that are not farther than so many metres, by the haversine formula.

    Longitudes may lie on either side of the date line; at a pole any longitude will do.
    """
    phi = radians(lat)
    cos_phi = cos(phi)
    seen = []
    # One loop without calls of our own: it is most of what a question costs geo.
    for hotel_id, place_lat, place_lon, place_phi, place_cos_phi in places:
        half_lat = sin((place_phi - phi) / 2)
        half_lon = sin(radians(place_lon - lon) / 2)
        root = sqrt(half_lat * half_lat + cos_phi * place_cos_phi * half_lon * half_lon)
        # Rounding can lift it above one for points at opposite ends of the earth.
        metres = _DIAMETER * asin(root if root < 1.0 else 1.0)
        if metres <= radius:
            seen.append((metres, hotel_id, place_lat, place_lon))
    return seen
