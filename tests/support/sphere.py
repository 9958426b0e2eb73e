"""The distance that stores are held to, to the last bit: the formula, written down once more."""

from math import asin, cos, radians, sin, sqrt

from innkeeper.hotels.geo.sphere import RADIUS


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points given in degrees, by the haversine formula."""
    phi, other_phi = radians(lat), radians(other_lat)
    half_lat = sin((other_phi - phi) / 2)
    half_lon = sin(radians(other_lon - lon) / 2)
    haversine = half_lat * half_lat + cos(phi) * cos(other_phi) * half_lon * half_lon
    return 2 * RADIUS * asin(min(1.0, sqrt(haversine)))
