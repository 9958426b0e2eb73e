from math import pi

from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.geo.box import Box
from innkeeper.hotels.geo.circle import least, quarters, reach, spans
from innkeeper.hotels.geo.sphere import RADIUS
from tests.support.sphere import distance

LATITUDES = st.sampled_from([-90, 0, 90]) | st.floats(-90, 90)
LONGITUDES = st.sampled_from([-180, 0, 180]) | st.floats(-180, 180)


def test_a_box_may_go_over_the_date_line() -> None:
    """Its west is then east of its east; the date line is in it under both of its names."""
    box = Box(-10, 170, 10, -170)

    assert all(box.contains(0, lon) for lon in (170, 180, -180, -170))
    assert not any(box.contains(0, lon) for lon in (169.9, -169.9, 0))
    assert Box(-10, 170, 10, 180).contains(0, -180)
    assert Box(-10, -180, 10, -170).contains(0, 180)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_spans_hold_their_circle(lat: float, lon: float, to: float, east: float) -> None:
    """A place as far away as the radius is in one of them, and in none that is farther away."""
    metres = distance(lat, lon, to, east)

    holding = [
        span
        for span in spans(lat, lon, min(metres, RADIUS * pi))
        if span.south <= to <= span.north and span.west <= east <= span.east
    ]

    assert holding
    assert all(least(lat, lon, span) <= metres for span in holding)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_no_place_in_a_box_is_farther_than_its_reach(
    lat: float, lon: float, to: float, west: float, other: float, east: float
) -> None:
    """Nor is it lost when the box is quartered."""
    south, north = sorted((to, other))
    box = Box(south, west, north, east)
    for corner in ((south, west), (north, east), ((south + north) / 2, west)):
        assert distance(lat, lon, *corner) <= reach(lat, lon, box)
    (span, *_) = spans(0, 0, RADIUS * 4)
    assert any(
        quarter.south <= lat <= quarter.north and quarter.west <= lon <= quarter.east
        for quarter in quarters(span)
    )
