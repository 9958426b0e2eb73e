"""What a list of results says about a trace, decoding none of its spans but for a sampled root."""

from collections.abc import Sequence

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.jaeger import Json, id_text
from innkeeper.embedded.traces.model import Span, Trace

_STANDS_FOR = b"innkeeper.sampling.adjusted_count"
"""On the first span of a trace that was kept for several requests."""


def summarize(trace: Trace) -> Json:
    """Times in microseconds, as in Jaeger's JSON. A span that came twice counts once."""
    spans = sorted(dict.fromkeys(trace.spans()), key=lambda span: span.start)
    start = spans[0].start
    end = max(span.start + span.duration for span in spans)
    root = _root(spans)
    services: dict[str, Json] = {}
    for span in spans:
        name = span.service
        service = services.setdefault(name, {"name": name, "spans": 0, "errors": 0})
        service["spans"] += 1
        service["errors"] += span.failed
    return {
        "traceID": id_text(trace.id),
        "service": root.service,
        "operation": root.name,
        "complete": root.parent == 0,
        "requests": _requests(root),
        "startTime": start // 1000,
        "duration": (end - start) // 1000,
        "spans": len(spans),
        "errors": sum(span.failed for span in spans),
        "services": list(services.values()),
    }


def _requests(root: Span) -> int:
    """How many requests the trace stands for: more than itself where only some were kept."""
    if _STANDS_FOR not in root.encoded:
        return 1
    span = wire.read_span(root.encoded)
    attributes = span.attributes if span else ()
    counts = (item.value.int_value for item in attributes if item.key == _STANDS_FOR)
    return max(1, next(counts, 1))


def _root(spans: Sequence[Span]) -> Span:
    """The first span without a parent; else the first whose parent is missing; else the first."""
    ids = {span.id for span in spans}
    roots = (span for span in spans if not span.parent)
    orphans = (span for span in spans if span.parent not in ids)
    return next(roots, None) or next(orphans, None) or spans[0]
