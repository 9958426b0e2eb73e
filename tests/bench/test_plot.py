from xml.etree import ElementTree

import pytest

from bench.plot import Chart, draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("logarithmic", [False, True])
def test_within(logarithmic: bool) -> None:
    """Every point lies within the picture, the higher value the higher up."""
    chart = Chart("Rate", "connections", {"a": [(1, 3), (64, 970)], "b": [(1, 12)]}, logarithmic)
    picture = ElementTree.fromstring(draw([chart, chart]))
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    dots = [
        (float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in picture.iter(SVG + "circle")
    ]
    assert len(dots) == 6
    assert all(0 < x < width and 0 < y < height for x, y in dots)
    assert dots[1][1] < dots[2][1] < dots[0][1]


def test_one_legend() -> None:
    """A line that is in both charts is named once, and names are text, never markup."""
    chart = Chart("Rate", "connections", {"<a>": [(1, 3), (2, 4)]})
    texts = [text.text for text in ElementTree.fromstring(draw([chart, chart])).iter(SVG + "text")]
    assert texts.count("<a>") == 1


def test_too_many() -> None:
    """More lines than can be told apart are refused."""
    lines = {str(number): [(1.0, 1.0)] for number in range(9)}
    with pytest.raises(ValueError, match="told apart"):
        draw([Chart("Rate", "connections", lines)])
