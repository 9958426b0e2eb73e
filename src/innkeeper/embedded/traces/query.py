"""Which traces a search is after, and finding them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.model import Operation, Origin, Trace
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.tags import Tag, log_fields, process_tags, span_tags

# Tags that Jaeger makes out of other parts of a span than its attributes.
_DERIVED = frozenset(("error", "event"))
_DERIVED_PREFIXES = ("otel.", "span.", "w3c.", "invalid-")

_FOREVER = 1 << 64

# What numbers, truth values, bytes, lists and maps look like; their own bytes look otherwise. So
# do those of a text that is no UTF-8.
_NOT_TEXT = re.compile(r"|true|false|[+-]?Inf|NaN|[0-9a-f.e+-]+|[\[{].*|.*\ufffd.*", re.DOTALL)


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
    longest = query.max_duration or _FOREVER
    candidates = [
        trace
        for trace in store.traces(query.service or None)
        if trace.start <= query.end
        and trace.latest >= query.start
        and trace.longest >= query.min_duration
        and trace.shortest <= longest
    ]
    candidates.sort(key=lambda trace: trace.start, reverse=True)
    tags = TagFilter(query.tags)
    for trace in candidates:
        yield trace if tags.may_match(trace) and _matches(trace, query, tags) else None


def _matches(trace: Trace, query: Query, tags: "TagFilter") -> bool:
    """Whether one span fulfils everything."""
    wanted = _operations(trace, query)
    if not wanted:
        return False
    first, last = query.start, query.end
    shortest, longest = query.min_duration, query.max_duration or _FOREVER
    end = 0
    for (_, _, start, duration, length, failed), operation in trace.heads():
        end += length
        if (
            first <= start <= last
            and shortest <= duration <= longest
            and operation in wanted
            and (
                not tags.wanted or tags.matches(trace.encoded(end - length, end), operation, failed)
            )
        ):
            return True
    return False


def _operations(trace: Trace, query: Query) -> set[Operation]:
    """Those of the trace whose service and name are asked for."""
    return {
        operation
        for operation in set(trace.operations)
        if query.service in ("", operation.origin.service)
        and query.operation in ("", operation.name)
    }


class TagFilter:
    """Says which spans have all the wanted tags.

    Decoding is what takes time, so a span is decoded only when its bytes, or those of its
    process, hold the texts that a match cannot do without.
    """

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self.wanted = wanted
        self._needles = [needle for pair in wanted.items() for needle in _needles(*pair)]
        self._in_process: dict[tuple[bytes, Origin], bool] = {}
        self._process_tags: dict[Origin, list[Tag]] = {}

    def may_match(self, trace: Trace) -> bool:
        """Whether a span of the trace can match; looks at all of them at once."""
        return all(
            needle in trace or any(self._stands_in_process(needle, trace))
            for needle in self._needles
        )

    def _stands_in_process(self, needle: bytes, trace: Trace) -> Iterator[bool]:
        for operation in trace.operations:
            origin = operation.origin
            stands = self._in_process.get((needle, origin))
            if stands is None:
                stands = self._in_process[needle, origin] = needle in origin.resource
            yield stands

    def matches(self, encoded: bytes, operation: Operation, failed: bool) -> bool:
        """Whether each wanted tag is one of the span, its process or its logs."""
        resource = operation.origin.resource
        for needle in self._needles:
            if needle not in encoded and needle not in resource:
                return False
        says_error = failed or b"error" in encoded or b"error" in resource
        if self.wanted.get("error") == "true" and not says_error:
            return False
        span = wire.read_span(encoded)
        if span is None:
            return False
        present = {(tag.key, tag.text()) for tag in self._all_tags(span, operation)}
        return present.issuperset(self.wanted.items())

    def _all_tags(self, span: wire.Message, operation: Operation) -> Iterator[Tag]:
        origin = operation.origin
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
    if "\ufffd" not in key:
        yield key.encode()
    if not _NOT_TEXT.fullmatch(value):
        yield value.encode()
