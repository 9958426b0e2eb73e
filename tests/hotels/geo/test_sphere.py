from math import pi

import pytest

from innkeeper.hotels.geo.sphere import RADIUS, distance


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
    assert distance(*here, *there) == pytest.approx(expected, abs=0.01)
    assert distance(*there, *here) == distance(*here, *there)
