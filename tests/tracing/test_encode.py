"""Our encoder beside the SDK's."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags, TraceState

from innkeeper.tracing import Tracer
from innkeeper.tracing.encode import encode
from innkeeper.tracing.origin import Limits, Origin
from innkeeper.tracing.readable import readable
from innkeeper.tracing.request import request
from innkeeper.tracing.sampling import Sampling
from innkeeper.tracing.span import Span

REMOTE = SpanContext(0xABC, 0xDEF, True, TraceFlags(1), TraceState([("a", "1"), ("b", "2")]))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=5,
)


def tracer_into(spans: list[Span], service: str = "geo", limits: Limits | None = None) -> Tracer:
    origin = Origin(
        Resource({"service.name": service}, "https://schema"),
        Sampling(ALWAYS_ON),
        spans.append,
        limits or Limits(),
    )
    return Tracer(origin, InstrumentationScope("tests", "1.0", "https://schema", {"by": "tests"}))


def by_sdk(spans: list[Span]) -> ExportTraceServiceRequest:
    encoded = encode_spans([readable(span) for span in spans])
    for resource in encoded.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                # The SDK spells out the status that is understood.
                if not span.status.ByteSize():
                    span.ClearField("status")
    return encoded


def by_us(spans: list[Span]) -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest.FromString(request([encode(span) for span in spans]))


@pytest.mark.parametrize("kind", SpanKind)
def test_every_field_is_as_the_sdk_encodes_it(kind: SpanKind) -> None:
    """Ids, times, state, flags, status, events, links and what was dropped."""
    spans: list[Span] = []
    tracer = tracer_into(spans, limits=Limits(attributes=2, events=1, links=1, event_attributes=1))
    tracer.begin("plain", kind, None).end()
    tracer.begin("continued", kind, REMOTE, {"a": "1"}).end()
    span = tracer.start_span(
        "full", None, kind, {"a": 1, "b": 2, "c": 3}, [Link(REMOTE, {"d": 4})], start_time=5
    )
    span.add_link(SpanContext(7, 8, False, TraceFlags(0)))
    for name in ("first", "second"):
        span.add_event(name, {"e": name, "f": 0.5}, 6)
    span.set_status(StatusCode.ERROR, "went wröng")
    span.end(9)
    assert by_us(spans) == by_sdk(spans)


@settings(deadline=None)
@given(
    st.text(),
    st.dictionaries(st.text(min_size=1), VALUES, max_size=4),
    st.none() | st.integers(0, 5),
)
def test_every_value_is_as_the_sdk_encodes_it(
    name: str, attributes: dict[str, Any], length: int | None
) -> None:
    """Odd texts, huge numbers, nested lists and mappings, cut where a length is set."""
    spans: list[Span] = []
    tracer = tracer_into(spans, limits=Limits(value_length=length))
    span = tracer.start_span(name, attributes=attributes)
    span.add_event(name, attributes)
    span.end()
    # Serialised, as a float that is no number equals nothing, not even itself.
    ours, theirs = (made(spans).SerializeToString(deterministic=True) for made in (by_us, by_sdk))
    assert ours == theirs


@pytest.mark.parametrize(
    "values", [(1, 1.0, True), (0.0, -0.0), ((1,), (True,), (1.0,)), ({"y": 1}, {"y": True})]
)
def test_values_that_are_equal_are_told_apart(values: tuple[Any, ...]) -> None:
    """1, 1.0 and True are equal in Python, and three kinds of value in OTLP."""
    spans: list[Span] = []
    for value in values:
        tracer_into(spans).start_span("a", attributes={"x": value}).end()
    for span in spans:
        ours, theirs = (made([span]).SerializeToString() for made in (by_us, by_sdk))
        assert ours == theirs


def test_spans_alike_keep_what_is_their_own() -> None:
    """Ids, times and parents, where all else is the same."""
    spans: list[Span] = []
    tracer = tracer_into(spans)
    for parent in (None, REMOTE, None, REMOTE):
        tracer.begin("a", parent=parent, attributes={"b": "c", "d": 1}).end()
    assert by_us(spans) == by_sdk(spans)


def test_each_instance_has_its_own_limit_of_length() -> None:
    """The same attribute is cut for one and whole for the other."""
    spans: list[Span] = []
    for length in (None, 2, None, 3):
        limits = Limits(value_length=length)
        tracer_into(spans, limits=limits).begin("a", attributes={"b": "long"}).end()
    for span in spans:
        assert by_us([span]) == by_sdk([span])


def test_spans_of_an_instance_are_sent_together() -> None:
    """Its resource and scope are sent once."""
    spans: list[Span] = []
    geo, rate = tracer_into(spans, "geo"), tracer_into(spans, "rate")
    begin: list[Callable[..., Any]] = [geo.begin, rate.begin, geo.begin, rate.begin]
    for number, start in enumerate(begin):
        start(str(number), parent=None).end()
    sent = by_us(spans).resource_spans
    assert [[span.name for span in one.scope_spans[0].spans] for one in sent] == [
        ["0", "2"],
        ["1", "3"],
    ]
    assert [one.resource.attributes[0].value.string_value for one in sent] == ["geo", "rate"]
