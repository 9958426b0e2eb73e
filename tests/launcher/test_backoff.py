"""Delays between starts."""

from innkeeper.launcher.backoff import Backoff


def test_delays_double_up_to_a_limit() -> None:
    """A process that keeps dying is started ever more rarely, but at least every 5 s."""
    backoff = Backoff()
    assert [backoff.delay(0) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_steady_process_begins_anew() -> None:
    """A process that was up for 10 s is started again without delay worth mentioning."""
    backoff = Backoff()
    for _ in range(8):
        backoff.delay(up=9.9)
    assert backoff.delay(up=10.0) == 0.1
    assert backoff.delay(up=0.0) == 0.2
