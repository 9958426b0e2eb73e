"""The language that a reader's browser asks for."""

import re
from collections.abc import Iterable

_RANGE = re.compile(
    r"\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)
_LONGEST = 35


def accepted(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The Accept-Language header of a request as it was sent; empty when there is none."""
    # Litestar would first read all headers of the request.
    return ",".join(
        value.decode("latin-1") for name, value in headers if name == b"accept-language"
    )


def preferred(accept_language: str) -> str:
    """The most wanted tag of an Accept-Language header; empty when it names none.

    What is not well-formed is passed over: a browser's settings are no reason to refuse an answer.
    """
    best, best_weight = "", 0.0
    for item in accept_language.split(","):
        match = _RANGE.fullmatch(item)
        if match is None or len(match[1]) > _LONGEST:
            continue
        weight = float(match[2]) if match[2] else 1.0
        if weight > best_weight:
            best, best_weight = match[1], weight
    return best
