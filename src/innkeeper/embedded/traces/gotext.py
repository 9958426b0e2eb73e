"""Values as text the way Go reads and writes them, because Jaeger's API does.

Error texts are Go's, word for word: clients show them to people who search for them.
"""

import re
from datetime import UTC, datetime

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9}
_UNITS |= {"m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)")
# What bytes that are no UTF-8 become, each one by itself, as in Go.
_UNREADABLE = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


def utf8(raw: bytes) -> str:
    """The text, with U+FFFD in the place of each byte that is no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(errors="surrogateescape").translate(_UNREADABLE)


def parse_int(text: str, bits: int = 64) -> int:
    """Read a decimal number.

    Raises:
        ValueError: it is none, or does not fit into so many bits.
    """
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(f"strconv.ParseInt: parsing {quoted(text)}: invalid syntax")
    if len(text) > 20 or not -(1 << bits - 1) <= int(text) < 1 << bits - 1:
        raise ValueError(f"strconv.ParseInt: parsing {quoted(text)}: value out of range")
    return int(text)


def parse_trace_id(text: str) -> int:
    """Read up to 32 hexadecimal digits.

    Raises:
        ValueError: it is something else.
    """
    if len(text) > 32:
        raise ValueError(f"TraceID cannot be longer than 32 hex characters: {text[:100]}")
    # Go reads a long id in two halves and complains about the first that is wrong.
    halves = (text[:-16], text[-16:]) if len(text) > 16 else (text,)
    for half in halves:
        if not re.fullmatch(r"[0-9a-fA-F]+", half):
            raise ValueError(f"strconv.ParseUint: parsing {quoted(half)}: invalid syntax")
    return int(text, 16)


def parse_bool(text: str) -> bool:
    """Read a truth value.

    Raises:
        ValueError: it is none.
    """
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"strconv.ParseBool: parsing {quoted(text)}: invalid syntax")


def parse_duration(text: str) -> int:
    """Read a duration such as `1.5ms` or `1h2m`, in nanoseconds.

    Raises:
        ValueError: it is none, or longer than 292 years.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total = 0.0
    position = 0
    while position < len(rest) or not rest:
        part = _PART.match(rest, position)
        if part is None:
            raise ValueError(f"time: invalid duration {quoted(text)}")
        number, unit = part.groups()
        if not unit:
            raise ValueError(f"time: missing unit in duration {quoted(text)}")
        if unit not in _UNITS:
            raise ValueError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
        total += float(number) * _UNITS[unit]
        position = part.end()
    if total >= 1 << 63:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    return sign * round(total)


def format_duration(nanoseconds: int) -> str:
    """A duration such as 1.5ms or 1h2m3.5s."""
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if rest == 0:
        return "0s"
    for unit, size, limit in (("ns", 1, 10**3), ("µs", 10**3, 10**6), ("ms", 10**6, 10**9)):
        if rest < limit:
            return f"{sign}{_decimal(rest, size)}{unit}"
    seconds, fraction = divmod(rest, 10**9)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(seconds * 10**9 + fraction, 10**9)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{sign}{hours}h{text}" if hours else sign + text


def format_time(nanoseconds: int) -> str:
    """A moment in UTC such as 2026-11-22 17:17:39.204994141 +0000 UTC."""
    seconds, fraction = divmod(nanoseconds, 10**9)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{nanoseconds} ns after 1970-01-01"
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{digits} +0000 UTC"


def quoted(text: str) -> str:
    """The text in double quotes, cut to a length that fits a message."""
    escaped = text[:100].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _decimal(value: int, size: int) -> str:
    whole, rest = divmod(value, size)
    if not rest:
        return str(whole)
    digits = f"{rest:0{len(str(size)) - 1}}".rstrip("0")
    return f"{whole}.{digits}"
