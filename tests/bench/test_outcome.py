"""The mathematics of one run."""

import random

from innkeeper.bench.outcome import Latency, Outcome, latency_of


def test_percentiles() -> None:
    """A percentile is the smallest measured time that so many did not exceed, in milliseconds."""
    seconds = [number / 1000 for number in range(1, 101)]
    random.Random(1).shuffle(seconds)
    assert latency_of(seconds) == Latency(50.0, 90.0, 99.0, 100.0)


def test_few_times() -> None:
    """One time is every percentile; none has no percentiles."""
    assert latency_of([0.5]) == Latency(500.0, 500.0, 500.0, 500.0)
    assert latency_of([]) is None


def test_rate() -> None:
    """The rate counts right answers over the time of asking."""
    assert Outcome(seconds=2.0, good=500, failed={"timeout": 9}).rate == 250
    assert Outcome(seconds=0.0, good=0).rate == 0
