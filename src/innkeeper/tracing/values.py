"""Attribute values: copied out of the caller's reach when they are noted down."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opentelemetry.trace import SpanContext
from opentelemetry.util.types import AnyValue, Attributes

SCALARS = frozenset((str, int, float, bool, bytes, type(None)))
"""Types of the values that cannot change and need no copy."""
_DEEPEST = 8


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
