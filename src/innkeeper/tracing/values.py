"""Attribute values: copied out of the caller's reach when they are noted down, made fit for OTLP
when they are sent."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opentelemetry.trace import SpanContext
from opentelemetry.util.types import AnyValue, Attributes

SCALARS = frozenset((str, int, float, bool, bytes, type(None)))
"""Types of the values that cannot change and need no copy."""
_DEEPEST = 8
_LEAST_INT, _MOST_INT = -(2**63), 2**63 - 1


class Event(NamedTuple):
    """Something that happened at one moment of a span."""

    name: str
    time: int
    """Nanoseconds since 1970."""
    attributes: dict[str, AnyValue]
    dropped_attributes: int


class Link(NamedTuple):
    """Another span that has to do with this one without being its parent."""

    context: SpanContext
    attributes: dict[str, AnyValue]
    dropped_attributes: int


def bounded(attributes: Attributes, limit: int) -> tuple[dict[str, AnyValue], int]:
    """A copy cut to its newest `limit` entries, and how many were cut."""
    if not attributes:
        return {}, 0
    kept = {
        key: value if type(value) in SCALARS else snapshot(value)
        for key, value in attributes.items()
    }
    dropped = max(0, len(kept) - limit)
    for key in list(kept)[:dropped]:
        del kept[key]
    return kept, dropped


def snapshot(value: object, depth: int = 0) -> AnyValue:
    """The value as it is now: lists become tuples, mappings are copied, what OpenTelemetry
    has no type for becomes its text."""
    if isinstance(value, str | bool | int | float | bytes) or value is None:
        return value
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            return {str(key): snapshot(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, Sequence | set | frozenset):
            return tuple(snapshot(inner, depth + 1) for inner in value)
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__} without text: {type(error).__name__}>"


def encodable(value: AnyValue, length: int | None) -> AnyValue:
    """The value with texts cut to `length` characters and numbers that fit into 64 bits."""
    if isinstance(value, str):
        return encodable_text(value, length)
    if isinstance(value, int):
        return value if _LEAST_INT <= value <= _MOST_INT else str(value)
    if isinstance(value, Mapping):
        return {encodable_text(key, None): encodable(inner, length) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(encodable(inner, length) for inner in value)
    return value


def encodable_text(text: str, length: int | None) -> str:
    """The text cut to `length` characters, as valid UTF-8."""
    if length is not None:
        text = text[:length]
    # Half a surrogate pair, as undecodable file names have it, is no valid UTF-8.
    return text if text.isascii() else text.encode(errors="replace").decode()
