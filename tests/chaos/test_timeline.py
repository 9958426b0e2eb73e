"""What callers saw, with the moments."""

import pytest

from innkeeper.chaos.timeline import Slice, Timeline


def seen(*moments: float) -> Timeline:
    """Right answers at these moments, each a tenth of a second after it was asked."""
    timeline = Timeline(end=1000, began=100)
    for moment in moments:
        timeline.right(100 + moment - 0.1, 100 + moment)
    return timeline


def every(step: float, since: float, until: float) -> list[float]:
    count = round((until - since) / step)
    return [since + step * (index + 0.5) for index in range(count)]


def test_second_by_second() -> None:
    """Each second has its answers, its failures and its slowest answer."""
    timeline = seen(0.2, 0.4, 2.5)
    timeline.wrong("reset", 101, 101.5)
    assert timeline.slices() == [Slice(0, 2, 0, 100.0), Slice(1, 0, 1, None), Slice(2, 1, 0, 100.0)]


def test_the_usual_rate() -> None:
    """The median rate before something is done counts as usual, without the first second."""
    assert seen(*every(0.01, 1, 3)).usual(103) == 25


@pytest.mark.parametrize(
    ("answers", "slow"),
    [
        (every(0.01, 0, 5), 0.0),
        (every(0.01, 0, 2) + every(0.01, 3, 5), 1.0),
        (every(0.01, 0, 2) + every(0.02, 2, 3.5) + every(0.01, 3.5, 5), 1.5),
        (every(0.01, 0, 2), None),
    ],
)
def test_until_full_speed(answers: list[float], slow: float | None) -> None:
    """Full speed is back when no slice is slow any more."""
    assert seen(*answers).slow_for(102, 105, 25) == slow
