"""Distances on the earth, taken as a sphere."""

from math import asin, cos, radians, sin, sqrt

RADIUS = 6_371_008.8
"""Metres; the mean radius of the earth."""


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points given in degrees, by the haversine formula.

    Longitudes may lie on either side of the date line; at a pole any longitude will do.
    """
    phi, other_phi = radians(lat), radians(other_lat)
    half_lat = sin((other_phi - phi) / 2)
    half_lon = sin(radians(other_lon - lon) / 2)
    haversine = half_lat * half_lat + cos(phi) * cos(other_phi) * half_lon * half_lon
    # Rounding can lift the term above one for points at opposite ends of the earth.
    return 2 * RADIUS * asin(min(1.0, sqrt(haversine)))
