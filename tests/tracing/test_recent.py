"""A bounded store of what was lately made."""

from innkeeper.tracing.recent import Recent


def test_what_is_kept_is_found() -> None:
    """And nothing else."""
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    assert (recent.get("a"), recent.get("b")) == (1, None)


def test_what_is_asked_for_stays_however_much_comes() -> None:
    """A value in use is not pushed out by many that are used once."""
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    for number in range(100):
        recent.keep(str(number), number)
        assert recent.get("a") == 1


def test_what_nobody_asks_for_goes() -> None:
    """No more than twice the size is kept."""
    recent: Recent[int, int] = Recent(3)
    for number in range(100):
        recent.keep(number, number)
    assert len([number for number in range(100) if recent.get(number) is not None]) <= 6
