"""Durations as Go writes them, such as `1m30s`, in whole nanoseconds."""

import re
from decimal import Decimal

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_LARGEST = 2**63 - 1
_PART = re.compile(r"(\d*\.?\d*)([^\d.]*)")


def parse(text: str) -> int:
    """Read a duration as Go's `time.ParseDuration` does.

    Raises:
        ValueError: with the text that Go gives, such as `time: missing unit in duration "5"`.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    if not rest or len(rest) > 100:
        raise ValueError(f"time: invalid duration {_quoted(text)}")
    total = Decimal(0)
    while rest:
        part = _PART.match(rest)
        if part is None or part[1] in ("", "."):
            raise ValueError(f"time: invalid duration {_quoted(text)}")
        if not part[2]:
            raise ValueError(f"time: missing unit in duration {_quoted(text)}")
        if part[2] not in _UNITS:
            unit = _quoted(part[2])
            raise ValueError(f"time: unknown unit {unit} in duration {_quoted(text)}")
        total += Decimal(part[1]) * _UNITS[part[2]]
        rest = rest[part.end() :]
    if total > _LARGEST:
        raise ValueError(f"time: invalid duration {_quoted(text)}")
    return sign * int(total)


def text_of(nanoseconds: int) -> str:
    """Write a duration as Go's `Duration.String` does: `0s`, `1.5s`, `500ms`, `1m0s`."""
    if nanoseconds == 0:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit, size in (("ns", 1), ("µs", 1_000), ("ms", 1_000_000)):
        if rest < size * 1_000:
            return f"{sign}{_number(rest, size)}{unit}"
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    text = f"{hours}h" if hours else ""
    if hours or minutes:
        text += f"{minutes}m"
    return f"{sign}{text}{_number(rest, SECOND)}s"


def _number(value: int, unit: int) -> str:
    whole, fraction = divmod(value, unit)
    if not fraction:
        return str(whole)
    digits = f"{fraction:0{len(str(unit)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
