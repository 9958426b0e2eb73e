from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from innkeeper.embedded.traces.summary import summarize
from tests.support.spans import EPOCH, sent_by, span
from tests.support.stored import stored


def summary_of(*sent: ResourceSpans) -> dict[str, Any]:
    (trace,) = stored(*sent).traces()
    return summarize(trace)


def test_a_summary_spans_all_spans_and_names_the_root() -> None:
    """Start and duration cover every span; the root is the one without a parent."""
    summary = summary_of(
        sent_by("back", span(1, 2, 1, start=EPOCH - 5_000, duration=1_000, error="no")),
        sent_by("front", span(1, 1, name="GET /", duration=9_000), span(1, 3, 1, duration=20_000)),
    )
    assert summary == {
        "traceID": "0000000000000001",
        "service": "front",
        "operation": "GET /",
        "complete": True,
        "requests": 1,
        "startTime": EPOCH // 1000 - 5,
        "duration": 25,
        "spans": 3,
        "errors": 1,
        "services": [
            {"name": "back", "spans": 1, "errors": 1},
            {"name": "front", "spans": 2, "errors": 0},
        ],
    }


def test_without_a_root_the_first_orphan_stands_for_the_trace() -> None:
    """A trace whose root is missing says so, and is named after what is left at its top."""
    spans = (span(1, 3, 2, name="below", start=EPOCH - 1), span(1, 2, 9, name="orphan"))
    summary = summary_of(sent_by("a", *spans))
    assert (summary["operation"], summary["complete"]) == ("orphan", False)


def test_a_cycle_is_named_after_its_first_span() -> None:
    """Spans that are each other's parents still have a summary."""
    spans = (span(1, 1, 2, name="first"), span(1, 2, 1, name="second", start=EPOCH + 1))
    summary = summary_of(sent_by("a", *spans))
    assert summary["operation"] == "first"


def test_a_sampled_trace_says_how_many_requests_it_stands_for() -> None:
    """The count on the root goes for the trace; one below it is of somebody else's sampling."""
    key = "innkeeper.sampling.adjusted_count"
    spans = (span(1, 1, attributes={key: 12}), span(1, 2, 1, attributes={key: 3}))
    assert summary_of(sent_by("a", *spans))["requests"] == 12
    assert summary_of(sent_by("a", span(1, 1, attributes={key: "many"})))["requests"] == 1
