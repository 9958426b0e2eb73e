"""How many of what happens are let through, by a clock that the test sets."""

from innkeeper.tracing.bucket import TokenBucket

SECOND = 1_000_000_000


class Clock:
    """Nanoseconds since some moment."""

    def __init__(self, now: int = 5 * SECOND) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def test_it_is_full_at_the_start() -> None:
    """As many as it holds are let through at once, and no more."""
    bucket = TokenBucket(10, 3, Clock())
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]


def test_an_empty_one_lets_through_its_rate() -> None:
    """However many ask, over ten seconds it is ten times the number a second."""
    clock = Clock()
    bucket = TokenBucket(10, 20, clock)
    while bucket.take():
        pass
    taken = 0
    for _ in range(100_000):
        clock.now += SECOND // 10_000
        taken += bucket.take()
    assert taken == 100


def test_who_keeps_below_the_rate_is_never_refused() -> None:
    """Nothing is lost between the intervals."""
    clock = Clock()
    bucket = TokenBucket(3, 1, clock)
    for _ in range(1000):
        assert bucket.take()
        clock.now += SECOND // 3


def test_it_does_not_overflow() -> None:
    """After a long silence it holds no more than when it was full."""
    clock = Clock()
    bucket = TokenBucket(10, 3, clock)
    clock.now += 3600 * SECOND
    assert sum(bucket.take() for _ in range(10)) == 3


def test_none_a_second_is_none() -> None:
    """Where no token comes, none is there at the start either."""
    clock = Clock()
    bucket = TokenBucket(0, 0, clock)
    assert not bucket.take()
    clock.now += 3600 * SECOND
    assert not bucket.take()
