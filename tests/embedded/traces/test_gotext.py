import pytest

from innkeeper.embedded.traces.gotext import format_duration, format_time, parse_duration


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("1ns", 1),
        ("1.5us", 1_500),
        ("2µs", 2_000),
        ("100ms", 100_000_000),
        ("1m30s", 90_000_000_000),
        ("-1h", -3_600_000_000_000),
        ("+.5s", 500_000_000),
    ],
)
def test_durations_are_read_as_go_reads_them(text: str, nanoseconds: int) -> None:
    """Every unit, fractions, signs and sums."""
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "-", "1", "ms", "1 s", "1d", "1e3s", "9999999999h", "s1"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """The text is repeated in the message."""
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (22_500_061, "22.500061ms"),
        (1_000_000_000, "1s"),
        (61_500_000_000, "1m1.5s"),
        (3_600_000_000_000, "1h0m0s"),
        (-2_000_000, "-2ms"),
    ],
)
def test_durations_are_written_as_go_writes_them(nanoseconds: int, text: str) -> None:
    """The largest unit that leaves a whole part, without trailing zeros."""
    assert format_duration(nanoseconds) == text


def test_moments_are_written_as_go_writes_them() -> None:
    """Fractions without trailing zeros; what no calendar holds is still said."""
    assert format_time(1_700_000_000_120_000_000) == "2023-11-14 22:13:20.12 +0000 UTC"
    assert format_time(0) == "1970-01-01 00:00:00 +0000 UTC"
    assert format_time(1 << 80) == f"{1 << 80} ns after 1970-01-01"
