from innkeeper.registry.backoff import Backoff


def test_delays_double_up_to_the_limit() -> None:
    """Without jitter the delays are 100 ms, doubled, up to 1 s."""
    backoff = Backoff(jitter=lambda: 0.0)
    assert [backoff.delay() for _ in range(6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_jitter_shortens_by_up_to_half() -> None:
    """Full jitter halves a delay and leaves the next one its size."""
    backoff = Backoff(jitter=lambda: 1.0)
    assert [backoff.delay() for _ in range(2)] == [0.05, 0.1]


def test_reset_starts_over() -> None:
    """After a success the shortest delay comes next."""
    backoff = Backoff(jitter=lambda: 0.0)
    backoff.delay()
    backoff.reset()
    assert backoff.delay() == 0.1
