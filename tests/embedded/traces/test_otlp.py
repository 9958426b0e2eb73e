from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from innkeeper.embedded.traces.otlp import Decoder
from tests.support.spans import export, key_values, sent_by, span


def test_spans_are_sorted_by_trace() -> None:
    """Spans of one trace that come from several processes end up together."""
    batch = Decoder().decode(
        export(sent_by("a", span(1, 1), span(2, 1)), sent_by("b", span(1, 2, parent=1)))
    )
    assert {trace: len(spans) for trace, spans in batch.traces.items()} == {1: 2, 2: 1}
    assert [stored.origin.service for stored in batch.traces[1]] == ["a", "b"]


def test_spans_of_one_process_share_their_origin_across_requests() -> None:
    """Equal resource and scope are held once while any span needs them."""
    decoder = Decoder()
    first = decoder.decode(export(sent_by("a", span(1, 1))))
    second = decoder.decode(export(sent_by("a", span(2, 1))))
    assert first.traces[1][0].origin is second.traces[2][0].origin


def test_a_span_without_usable_ids_is_rejected_and_the_rest_is_kept() -> None:
    """Ids of the wrong length or all zero cost only the span that has them."""
    wrong = span(name="wrong")
    wrong.trace_id = b"short"
    nothing = span(name="nothing")
    nothing.span_id = bytes(8)
    batch = Decoder().decode(export(sent_by("a", wrong, nothing, span(7))))
    assert list(batch.traces) == [7]
    assert batch.rejected == 2
    assert batch.reason == "span 'wrong': trace_id must be 16 bytes, not all zero"


def test_a_span_that_ends_before_it_starts_lasts_a_nanosecond() -> None:
    """Durations are never negative, nor zero."""
    batch = Decoder().decode(export(sent_by("a", span(duration=-5), span(duration=0))))
    assert [stored.duration for stored in batch.traces[1]] == [1, 1]


def test_failure_is_read_from_the_status_or_from_an_attribute() -> None:
    """A span counts as failed for OpenTelemetry's status and for OpenTracing's error tag."""
    spans = (
        span(error="no"),
        span(attributes={"error": True}),
        span(attributes={"error": "true"}),
        span(attributes={"error": False}),
        span(),
    )
    batch = Decoder().decode(export(sent_by("a", *spans)))
    assert [stored.failed for stored in batch.traces[1]] == [True, True, True, False, False]


def test_a_link_into_the_trace_stands_in_for_a_missing_parent() -> None:
    """A root that links to a span of its trace is nested under it."""
    linked = span(1, 2)
    linked.links.add(trace_id=linked.trace_id, span_id=(9).to_bytes(8, "big"))
    elsewhere = span(1, 3)
    elsewhere.links.add(trace_id=bytes(15) + b"\x05", span_id=(9).to_bytes(8, "big"))
    elsewhere.links[0].attributes.extend(key_values({"opentracing.ref_type": "child_of"}))
    batch = Decoder().decode(export(sent_by("a", linked, elsewhere)))
    assert [stored.parent for stored in batch.traces[1]] == [9, 0]


def test_an_empty_request_is_an_empty_batch() -> None:
    """Nothing sent, nothing rejected."""
    batch = Decoder().decode(ExportTraceServiceRequest())
    assert not batch.traces
    assert not batch.rejected
