"""How long answers take, by intervals."""

import pytest

from innkeeper.embedded.registry.api.timings import INTERVAL, Timings

KEY = ("GET", "/v1/kv/")


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000_003.0

    def __call__(self) -> float:
        return self.now


def test_the_last_whole_interval_is_told() -> None:
    """What is under way is told only until an interval is over; a quiet one is empty."""
    clock = Clock()
    timings = Timings(clock)
    timings.note(KEY, 0.001)
    timings.note(KEY, 0.003)
    assert (timings.last().began, timings.last().samples[KEY].count) == (1_000_000, 2)
    clock.now += INTERVAL
    timings.note(KEY, 1)
    assert timings.last().began == 1_000_000
    assert timings.last().samples[KEY].mean == pytest.approx(2)
    clock.now += INTERVAL
    assert timings.last().samples[KEY].count == 1
    clock.now += 5 * INTERVAL
    assert timings.last().samples == {}


def test_a_sample_is_described() -> None:
    """The deviation is that of a sample; one value has none."""
    timings = Timings(Clock())
    timings.note(KEY, 0.002)
    sample = timings.last().samples[KEY]
    assert sample.deviation == 0
    timings.note(KEY, 0.004)
    assert (sample.min, sample.max, sample.sum) == pytest.approx((2, 4, 6))
    assert sample.deviation == pytest.approx(2**0.5)
