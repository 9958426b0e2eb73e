"""What the parts of the store cost in bytes of memory, with what the allocator rounds up.

A test holds the sum to what is measured.
"""

from innkeeper.embedded.traces.model import Origin, Span

_SPAN = 330
"""The tuple, its four numbers, the header of its bytes and its place in the trace's list."""

TRACE = 400
"""The object, its number, its list and its entry among all traces."""

INDEX_ENTRY = 80
"""One trace under one service."""

_ORIGIN = 700
"""The object, its strings' headers, and its entries in the dictionaries that share and count it."""

_OPERATION = 300
"""The tuple, its count, its entry, and the headers of its name."""


def of_span(span: Span) -> int:
    """Bytes of one span without what it shares."""
    return _SPAN + len(span.encoded)


def of_origin(origin: Origin) -> int:
    """Bytes of what the spans of one origin share."""
    texts = len(origin.service) + len(origin.scope_name) + len(origin.scope_version)
    return _ORIGIN + len(origin.resource) + texts


def of_operation(name: str) -> int:
    """Bytes of an operation's entry; letters beyond ASCII take up to four bytes each."""
    return _OPERATION + len(name) * (1 if name.isascii() else 4)
