"""What is odd about the times and parents of a trace's spans, in Jaeger's words.

Jaeger moves no times unless it is told to (`--query.max-clock-skew-adjustment`), it only says by
how much it would; the same here.
"""

from collections.abc import Sequence

from innkeeper.embedded.traces.gotext import format_duration
from innkeeper.embedded.traces.model import Span

_DUPLICATE = "duplicate span IDs; skipping clock skew adjustment"
_NO_PARENT = "invalid parent span IDs={:016x}; skipping clock skew adjustment"
_SKEW = "clock skew adjustment disabled; not applying calculated delta of {}"


def time_warnings(spans: Sequence[Span]) -> list[list[str]]:
    """Warnings for each of the spans, in their order."""
    warnings: list[list[str]] = [[] for _ in spans]
    places: dict[int, int] = {}
    for place, span in enumerate(spans):
        if places.setdefault(span.id, place) != place:
            warnings[place].append(_DUPLICATE)
    children: dict[int, list[int]] = {}
    reached = []
    for span_id, place in places.items():
        parent = spans[place].parent
        if parent and parent in places:
            children.setdefault(parent, []).append(place)
            continue
        reached.append(span_id)
        if parent:
            warnings[place].append(_NO_PARENT.format(parent))
    # Spans in a cycle are reached from no root and get no warning about their times.
    while reached:
        parent = reached.pop()
        for place in children.get(parent, ()):
            if delta := _skew(spans[place], spans[places[parent]]):
                warnings[place].append(_SKEW.format(format_duration(delta)))
            reached.append(spans[place].id)
    return warnings


def _skew(child: Span, parent: Span) -> int:
    """Nanoseconds to move the child by, so that it lies within its parent."""
    if child.duration > parent.duration:
        # It outlived its parent; all that can be told is that it did not start before.
        return max(parent.start - child.start, 0)
    ends_within = child.start + child.duration <= parent.start + parent.duration
    if child.start >= parent.start and ends_within:
        return 0
    latency = (parent.duration - child.duration) // 2
    return parent.start + latency - child.start
