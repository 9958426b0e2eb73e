from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.hotels.geo.sphere import RADIUS, place, seen_from
from tests.support.sphere import distance


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ((37.7749, -122.4194), (37.7831, -122.4181), 918.93),
        ((0, 179.9), (0, -179.9), RADIUS * pi * 0.2 / 180),
        ((90, 0), (90, 123), 0),
        ((89.9, 0), (89.9, 180), RADIUS * pi * 0.2 / 180),
        ((0, 0), (0, 180), RADIUS * pi),
        ((90, 0), (-90, 77), RADIUS * pi),
        ((12.5, 45), (12.5, 45), 0),
    ],
)
def test_distances(here: tuple[float, float], there: tuple[float, float], expected: float) -> None:
    """Distances hold in town, over the date line, at poles and at the other end of the earth."""
    (seen,) = seen_from(*here, [place("there", *there)])
    (seen_back,) = seen_from(*there, [place("here", *here)])

    assert seen == (pytest.approx(expected, abs=0.01), "there", *there)
    assert seen_back == (seen[0], "here", *here)


LATITUDES = st.sampled_from([-90, 0, 90]) | st.floats(-90, 90)
LONGITUDES = st.sampled_from([-180, 0, 180]) | st.floats(-180, 180)
POINTS = st.tuples(LATITUDES, LONGITUDES)


@given(POINTS, st.lists(POINTS))
def test_many_are_measured_as_each_alone(
    here: tuple[float, float], others: list[tuple[float, float]]
) -> None:
    """What is kept of a place changes no bit of its distances."""
    seen = seen_from(*here, [place("", *other) for other in others])

    assert [metres for metres, *_ in seen] == [distance(*here, *other) for other in others]
