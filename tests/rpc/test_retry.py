"""What further attempts a caller can afford."""

from innkeeper.rpc import RetryBudget


def test_slow_calls_leave_failures_their_part() -> None:
    """However many calls are slow, a quarter of the bucket is left for calls that fail."""
    budget = RetryBudget(size=100)
    assert sum(budget.spares() for _ in range(1000)) == 25
    assert sum(budget.failed() for _ in range(1000)) == 24


def test_successes_fill_the_bucket() -> None:
    """Successes pay for further attempts."""
    budget = RetryBudget(size=100)
    while budget.spares():
        pass
    for _ in range(5):
        budget.succeeded()
    assert budget.spares()
    assert not budget.spares()
