from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from tests.support.spans import export, key_values, sent_by, span
from tests.support.stored import Outcome, add, spans_of, stored


def test_spans_are_sorted_by_trace() -> None:
    """Spans of one trace that come from several processes end up together."""
    store = stored(sent_by("a", span(1, 1), span(2, 1)), sent_by("b", span(1, 2, parent=1)))
    assert {trace.id: len(trace) for trace in store.traces()} == {1: 2, 2: 1}
    assert [found.service for found in spans_of(store)] == ["a", "b"]


def test_spans_of_one_process_share_their_origin_across_requests() -> None:
    """Equal resource, scope, name and kind are held once while any span needs them."""
    store, decoder = Store(1_000_000), Decoder()
    for trace in (1, 2):
        add(store, decoder, export(sent_by("a", span(trace, 1))))
    assert spans_of(store, 1)[0].operation is spans_of(store, 2)[0].operation


def test_what_is_stored_is_what_was_sent() -> None:
    """Every number of a span, and its bytes, come out as they came."""
    sent = span(1, 0xABC, 0xDEF, start=7, duration=9, attributes={"a": "b"}, error="no")
    sent.events.add(name="event")
    (found,) = spans_of(stored(sent_by("a", sent)))
    assert (found.id, found.parent, found.start, found.duration) == (0xABC, 0xDEF, 7, 9)
    assert (found.service, found.name, found.failed) == ("a", "GET /hotels", True)
    assert found.encoded == sent.SerializeToString()


def test_a_span_without_usable_ids_is_rejected_and_the_rest_is_kept() -> None:
    """Ids of the wrong length or all zero cost only the span that has them."""
    short, nothing, parent = span(name="short"), span(name="nothing"), span(name="parent")
    short.trace_id = b"short"
    nothing.span_id = bytes(8)
    parent.parent_span_id = b"short"
    store, request = Store(1_000_000), export(sent_by("a", short, nothing, parent, span(7)))
    outcome = add(store, Decoder(), request)
    assert [trace.id for trace in store.traces()] == [7]
    assert outcome == Outcome(3, "span 'short': trace_id must be 16 bytes, not all zero")


def test_a_span_that_cannot_be_read_is_rejected_and_the_rest_is_kept() -> None:
    """Bytes in the place of a span that are none cost only themselves."""
    request = wire.Request.FromString(export(sent_by("a", span(7))).SerializeToString())
    request.resource_spans[0].scope_spans[0].spans.append(b"\xff\xff")
    store = Store(1_000_000)
    outcome = add(store, Decoder(), request.SerializeToString())
    assert [trace.id for trace in store.traces()] == [7]
    assert outcome == Outcome(1, "a span is no Span in protobuf")


def test_a_text_that_is_no_utf8_costs_nothing_else() -> None:
    """Jaeger keeps such spans under a name of its own; so the rest of the request is kept too."""
    request = export(sent_by("a", span(1, name="NAME"), span(2)), sent_by("SERVICE", span(3)))
    encoded = request.SerializeToString().replace(b"NAME", b"\xff\xfeME")
    store = Store(1_000_000)
    assert add(store, Decoder(), encoded.replace(b"SERVICE", b"SERVI\xff\xff")) == Outcome()
    assert [found.name for found in spans_of(store, 1)] == ["invalid-span-name"]
    assert [found.name for found in spans_of(store, 2)] == ["GET /hotels"]
    assert store.services() == ["", "a"]


def test_a_span_that_ends_before_it_starts_lasts_a_nanosecond() -> None:
    """Durations are never negative, nor zero."""
    store = stored(sent_by("a", span(duration=-5), span(duration=0)))
    assert [found.duration for found in spans_of(store)] == [1, 1]


def test_failure_is_read_from_the_status_or_from_an_attribute() -> None:
    """A span counts as failed for OpenTelemetry's status and for OpenTracing's error tag."""
    spans = (
        span(error="no"),
        span(attributes={"error": True}),
        span(attributes={"error": "true"}),
        span(attributes={"error": False}),
        span(),
    )
    store = stored(sent_by("a", *spans))
    assert [found.failed for found in spans_of(store)] == [True, True, True, False, False]


def test_a_link_into_the_trace_stands_in_for_a_missing_parent() -> None:
    """A root that links to a span of its trace is nested under it."""
    linked = span(1, 2)
    linked.links.add(trace_id=linked.trace_id, span_id=(9).to_bytes(8, "big"))
    elsewhere = span(1, 3)
    elsewhere.links.add(trace_id=bytes(15) + b"\x05", span_id=(9).to_bytes(8, "big"))
    elsewhere.links[0].attributes.extend(key_values({"opentracing.ref_type": "child_of"}))
    store = stored(sent_by("a", linked, elsewhere))
    assert [found.parent for found in spans_of(store)] == [9, 0]


def test_an_empty_request_holds_nothing() -> None:
    """Nothing sent, nothing rejected."""
    assert add(Store(1_000_000), Decoder(), ExportTraceServiceRequest()) == Outcome()
