"""What a list of results says about a trace, without decoding its spans."""

from collections.abc import Sequence

from innkeeper.embedded.traces.jaeger import Json, id_text
from innkeeper.embedded.traces.model import Span, Trace


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
        "startTime": start // 1000,
        "duration": (end - start) // 1000,
        "spans": len(spans),
        "errors": sum(span.failed for span in spans),
        "services": list(services.values()),
    }


def _root(spans: Sequence[Span]) -> Span:
    """The first span without a parent; else the first whose parent is missing; else the first."""
    ids = {span.id for span in spans}
    roots = (span for span in spans if not span.parent)
    orphans = (span for span in spans if span.parent not in ids)
    return next(roots, None) or next(orphans, None) or spans[0]
