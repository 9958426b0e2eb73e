"""What the parts of the store cost in bytes of memory, with what the allocator rounds up.

A test holds the sum to what is measured.
"""

from innkeeper.embedded.traces.model import HEAD, Operation, Origin

_SPARE = 9 / 8
"""What grows by and by is given an eighth more than it needs."""

_POINTER = 8
_SPAN = round((HEAD.size + _POINTER) * _SPARE)
"""The numbers and the place in the list of operations."""

TRACE = 530
"""The object, its number, its list, its two byte strings and its entry among all traces."""

INDEX_ENTRY = 100
"""One trace under one service."""

_ORIGIN = 700
"""The object, its strings' headers, and its entries in the dictionaries that share and count it."""

_OPERATION = 700
"""The object, its name twice, and its entries in what shares and counts it."""


def of_span(length: int) -> int:
    """Bytes of a span that takes so many encoded, without what it shares."""
    return _SPAN + length * 9 // 8


def of_origin(origin: Origin) -> int:
    """Bytes of what the spans of one origin share."""
    texts = len(origin.service) + len(origin.scope_name) + len(origin.scope_version)
    return _ORIGIN + len(origin.resource) + texts


def of_operation(operation: Operation) -> int:
    """Bytes of an operation; letters beyond ASCII take up to four bytes each, and three encoded."""
    name = operation.name
    return _OPERATION + len(name) * (2 if name.isascii() else 7)
