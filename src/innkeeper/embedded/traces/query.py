"""Which traces a search is after, and finding them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from opentelemetry.proto.trace.v1 import trace_pb2

from innkeeper.embedded.traces.model import Origin, Span, Trace
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.tags import Tag, log_fields, process_tags, span_tags

# Tags that Jaeger makes out of other parts of a span than its attributes.
_DERIVED = frozenset(("error", "event"))
_DERIVED_PREFIXES = ("otel.", "span.", "w3c.")

# What numbers, truth values, bytes, lists and maps look like; their own bytes look otherwise.
_NOT_TEXT = re.compile(r"|true|false|[+-]?Inf|NaN|[0-9a-f.e+-]+|[\[{].*", re.DOTALL)


@dataclass(frozen=True)
class Query:
    """A trace is found when one of its spans fulfils all of this."""

    service: str
    """Empty for any."""
    start: int
    """The span starts no earlier; nanoseconds since the epoch."""
    end: int
    """The span starts no later."""
    operation: str = ""
    """Empty for any."""
    min_duration: int = 0
    """Nanoseconds."""
    max_duration: int = 0
    """Nanoseconds; 0 for no limit."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Each must stand among the span's tags, its process's or its logs' fields."""


def find(store: Store, query: Query) -> Iterator[Trace | None]:
    """The traces found, those that start last first.

    Yields None after each trace that was looked at in vain, so that a caller can pause.
    """
    overlapping = [
        trace
        for trace in store.traces(query.service or None)
        if trace.start <= query.end and trace.latest >= query.start
    ]
    overlapping.sort(key=lambda trace: trace.start, reverse=True)
    tags = TagFilter(query.tags)
    for trace in overlapping:
        yield trace if any(_matches(span, query, tags) for span in trace.spans) else None


def _matches(span: Span, query: Query, tags: "TagFilter") -> bool:
    return (
        (not query.service or span.origin.service == query.service)
        and (not query.operation or span.name == query.operation)
        and span.duration >= query.min_duration
        and (not query.max_duration or span.duration <= query.max_duration)
        and query.start <= span.start <= query.end
        and tags.matches(span)
    )


class TagFilter:
    """Says which spans have all the wanted tags.

    Decoding is what takes time, so a span is decoded only when its bytes, or those of its
    process, hold the texts that a match cannot do without.
    """

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self._wanted = wanted
        self._needles = [needle for pair in wanted.items() for needle in _needles(*pair)]
        self._process_tags: dict[Origin, list[Tag]] = {}

    def matches(self, span: Span) -> bool:
        """Whether each wanted tag is one of the span, its process or its logs."""
        if not self._wanted:
            return True
        for needle in self._needles:
            if needle not in span.encoded and needle not in span.origin.resource:
                return False
        if self._wanted.get("error") == "true" and not self._may_have_failed(span):
            return False
        decoded = trace_pb2.Span.FromString(span.encoded)
        present = {(tag.key, tag.text()) for tag in self._all_tags(decoded, span.origin)}
        return present.issuperset(self._wanted.items())

    def _may_have_failed(self, span: Span) -> bool:
        return span.failed or b"error" in span.encoded or b"error" in span.origin.resource

    def _all_tags(self, span: trace_pb2.Span, origin: Origin) -> Iterator[Tag]:
        yield from span_tags(span, origin)
        tags = self._process_tags.get(origin)
        if tags is None:
            tags = self._process_tags[origin] = process_tags(origin)
        yield from tags
        for event in span.events:
            yield from log_fields(event)


def _needles(key: str, value: str) -> Iterator[bytes]:
    """Texts that stand in the bytes of whatever has this tag; none when it may be derived."""
    if key in _DERIVED or key.startswith(_DERIVED_PREFIXES):
        return
    yield key.encode()
    if not _NOT_TEXT.fullmatch(value):
        yield value.encode()
