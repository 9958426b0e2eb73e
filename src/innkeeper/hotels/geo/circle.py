"""Circles on the earth, as the boxes that hold them."""

from collections.abc import Iterable, Sequence
from math import asin, cos, degrees, radians, sin
from typing import NamedTuple

from innkeeper.hotels.geo import sphere
from innkeeper.hotels.geo.box import Box

# For rounding: distances decide, so what holds a circle may be too large but never too small.
_MARGIN = 1e-7


class Span(NamedTuple):
    """Ranges of latitudes and longitudes; latitudes may reach beyond those of the earth."""

    south: float
    north: float
    west: float
    east: float


def spans(lat: float, lon: float, radius: float) -> Sequence[Span]:
    """What holds a circle of so many metres: one span, or two at the date line."""
    angle = radius / sphere.RADIUS
    band = degrees(angle) + _MARGIN
    south, north = lat - band, lat + band
    return [Span(south, north, west, east) for west, east in _longitudes(lat, lon, angle, band)]


def overlaps(spans: Iterable[Span], box: Box) -> Sequence[Span]:
    """What spans and a box have in common."""
    common = (
        Span(
            max(span.south, box.south),
            min(span.north, box.north),
            max(span.west, west),
            min(span.east, east),
        )
        for span in spans
        for west, east in box.longitudes
    )
    return [span for span in common if span.south <= span.north and span.west <= span.east]


def reach(lat: float, lon: float, box: Box) -> float:
    """Metres that no place in a box is farther away than."""
    # Along the parallel, then along the meridian: a way to every point, if not the shortest.
    north = max(abs(box.south - lat), abs(box.north - lat))
    east = max(
        180.0 if west <= _opposite(lon) <= east else max(_between(lon, west), _between(lon, east))
        for west, east in box.longitudes
    )
    return sphere.RADIUS * (radians(north) + cos(radians(lat)) * radians(east)) + 1


def _longitudes(lat: float, lon: float, angle: float, band: float) -> Sequence[tuple[float, float]]:
    """The ranges of longitudes that a circle of so many radians reaches."""
    if abs(lat) + band >= 90:
        return ((-180.0, 180.0),)
    # Where the circle is widest its meridian touches it, a little nearer to the pole.
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(lat))))) + _MARGIN
    west, east = lon - width, lon + width
    if east > 180:
        return ((west, 180.0), (-180.0, east - 360))
    if west < -180:
        return ((-180.0, east), (west + 360, 180.0))
    return ((west, east),)


def _opposite(lon: float) -> float:
    return lon - 180 if lon > 0 else lon + 180


def _between(lon: float, other: float) -> float:
    apart = abs(lon - other)
    return min(apart, 360 - apart)


def least(lat: float, lon: float, span: Span) -> float:
    """Metres that every place in a span, of longitudes on the earth, is away at least."""
    south = max(0.0, span.south - lat, lat - span.north)
    if span.west <= lon <= span.east:
        angle = radians(south)
    else:
        east = min(_between(lon, span.west), _between(lon, span.east))
        # To the nearest point of the meridian at its edge; beyond a right angle that is the pole.
        edge = asin(cos(radians(lat)) * sin(radians(min(east, 90.0))))
        angle = max(radians(south), edge)
    return max(0.0, sphere.RADIUS * angle - 1)


def quarters(span: Span) -> Sequence[Span]:
    """A span in four."""
    lat, lon = (span.south + span.north) / 2, (span.west + span.east) / 2
    return [
        Span(south, north, west, east)
        for south, north in ((span.south, lat), (lat, span.north))
        for west, east in ((span.west, lon), (lon, span.east))
    ]
