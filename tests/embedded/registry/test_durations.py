"""Go's durations."""

import pytest

from innkeeper.embedded.registry import durations


@pytest.mark.parametrize(
    ("text", "nanoseconds", "written"),
    [
        ("0", 0, "0s"),
        ("1ns", 1, "1ns"),
        ("1500us", 1_500_000, "1.5ms"),
        ("1.5s", 1_500_000_000, "1.5s"),
        ("500ms", 500_000_000, "500ms"),
        ("1m", 60_000_000_000, "1m0s"),
        ("90m", 5_400_000_000_000, "1h30m0s"),
        ("1h0m0.5s", 3_600_500_000_000, "1h0m0.5s"),
        ("-5s", -5_000_000_000, "-5s"),
        ("+.5m", 30_000_000_000, "30s"),
    ],
)
def test_read_and_written(text: str, nanoseconds: int, written: str) -> None:
    """A duration is read as Go reads it and written as Go writes it."""
    assert durations.parse(text) == nanoseconds
    assert durations.text_of(nanoseconds) == written


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", 'time: invalid duration ""'),
        ("abc", 'time: invalid duration "abc"'),
        ("5", 'time: missing unit in duration "5"'),
        ("5x", 'time: unknown unit "x" in duration "5x"'),
        (".s", 'time: invalid duration ".s"'),
        ("9999999h", 'time: invalid duration "9999999h"'),
        ('"', 'time: invalid duration "\\""'),
    ],
)
def test_refused(text: str, problem: str) -> None:
    """What is no duration is refused in Go's words."""
    with pytest.raises(ValueError, match="time:") as refused:
        durations.parse(text)
    assert str(refused.value) == problem
