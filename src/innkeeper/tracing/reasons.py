"""Why traces do not reach the collector, in words for people."""

from typing import Final

_LONGEST: Final = 160
# What the exporters and the libraries below them write, the more telling words first.
_MEANINGS: Final = (
    ("Connection refused", "nothing listens there"),
    ("DNS resolution failed", "its name is not known"),
    ("resolve", "its name is not known"),
    ("Network is unreachable", "there is no way to it"),
    ("No route to host", "there is no way to it"),
    ("handshake", "no TLS connection comes about"),
    ("certificate", "no TLS connection comes about"),
    ("StatusCode.DEADLINE_EXCEEDED", "it does not answer in time"),
    ("due to timeout", "it does not answer in time"),
    ("timed out", "it does not answer in time"),
    ("StatusCode.UNIMPLEMENTED", "what listens there takes no traces"),
    ("StatusCode.UNAUTHENTICATED", "it asks for other credentials"),
    ("StatusCode.PERMISSION_DENIED", "it asks for other credentials"),
    ("StatusCode.RESOURCE_EXHAUSTED", "it has too much to do"),
    ("StatusCode.UNAVAILABLE", "it cannot be reached"),
)


def reason(words: str) -> str:
    """What an exporter's log line means; the line itself, cut, where that is not known."""
    for part, meaning in _MEANINGS:
        if part in words:
            return meaning
    return words[:_LONGEST]
