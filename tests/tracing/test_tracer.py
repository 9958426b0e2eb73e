"""How spans begin, and which are not made at all."""

from collections.abc import Callable

import pytest
from opentelemetry import trace
from opentelemetry.context import attach, detach, get_value, set_value
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.types import AnyValue

from innkeeper.settings import TracingSettings
from innkeeper.tracing import (
    Tracer,
    Tracing,
    activate,
    current,
    deactivate,
    extract,
    traceparent,
)
from innkeeper.tracing.span import Span
from tests.support.collector import Kept

Delivered = Callable[[], list[ReadableSpan]]

REMOTE = SpanContext(0xABC, 0xDEF, True, TraceFlags(1), TraceState([("a", "1")]))
REMOTE_UNSAMPLED = SpanContext(0xABC, 0xDEF, True, TraceFlags(0))


@pytest.fixture
def tracer(tracing: Tracing) -> Tracer:
    return tracing.tracer("geo", "geo-1")


def sampled_by(name: str) -> Tracer:
    """A tracer under a sampler that the standard variable names."""
    return Tracing(TracingSettings(sampler=name), destination=Kept()).tracer("geo", "geo-1")


def test_a_span_without_a_parent_begins_a_trace(tracer: Tracer, delivered: Delivered) -> None:
    """It has ids of its own, and no parent."""
    first, second = tracer.begin("a", parent=None), tracer.begin("b", parent=None)
    first.end()
    second.end()
    a, b = delivered()
    assert a.parent is None
    assert a.context is not None
    assert b.context is not None
    assert a.context.is_valid
    assert a.context.trace_id != b.context.trace_id
    assert a.context.trace_flags.sampled


def test_the_caller_is_the_parent(tracer: Tracer, delivered: Delivered) -> None:
    """A context from another process is continued: trace, state and sampling are its own."""
    tracer.begin("Nearby", SpanKind.SERVER, REMOTE, {"rpc.method": "Nearby"}).end()
    (span,) = delivered()
    assert span.context is not None
    assert span.context.trace_id == REMOTE.trace_id
    assert span.context.trace_state == {"a": "1"}
    assert not span.context.is_remote
    assert span.parent == REMOTE
    assert span.kind is SpanKind.SERVER
    assert dict(span.attributes or {}) == {"rpc.method": "Nearby"}


def test_the_current_span_is_the_parent(tracer: Tracer, delivered: Delivered) -> None:
    """Without a named parent, a span nests below the current one."""
    outer = tracer.begin("outer", parent=None)
    token = activate(outer)
    assert current() is outer
    tracer.begin("inner").end()
    deactivate(token)
    outer.end()
    assert current() is trace.INVALID_SPAN
    inner, above = delivered()
    assert inner.parent == above.context


def test_spans_of_the_api_and_of_the_runtime_nest(tracer: Tracer, delivered: Delivered) -> None:
    """A user's span sits between two of the runtime's."""
    outer = tracer.begin("outer", parent=None)
    token = activate(outer)
    with trace.get_tracer("mine").start_as_current_span("users"):
        tracer.begin("inner").end()
    deactivate(token)
    outer.end()
    inner, users, above = delivered()
    assert inner.parent == users.context
    assert users.parent == above.context
    assert users.instrumentation_scope is not None
    assert users.instrumentation_scope.name == "mine"


def test_a_users_span_belongs_to_the_service_above_it(
    tracing: Tracing, tracer: Tracer, delivered: Delivered
) -> None:
    """In a process of several services it is not simply the first one's."""
    rate = tracing.tracer("rate", "rate-2").begin("Rates", parent=None)
    users = trace.get_tracer("mine")
    token = activate(rate)
    users.start_span("below rate").end()
    deactivate(token)
    users.start_span("below nothing").end()
    rate.end()
    names = {span.name: span.resource.attributes["service.instance.id"] for span in delivered()}
    assert names == {"below rate": "rate-2", "below nothing": "geo-1", "Rates": "rate-2"}


def test_below_an_unsampled_span_there_is_no_object(tracer: Tracer) -> None:
    """The stand-in of the unsampled parent is handed on as it is."""
    edge = tracer.begin("edge", SpanKind.SERVER, REMOTE_UNSAMPLED)
    assert isinstance(edge, NonRecordingSpan)
    assert edge.get_span_context() is REMOTE_UNSAMPLED
    token = activate(edge)
    assert tracer.begin("child") is edge
    assert tracer.start_span("child") is edge
    deactivate(token)


def test_a_foreign_unsampled_span_is_not_ended_by_ours(tracer: Tracer) -> None:
    """What another recorder keeps for itself stays its own to end."""

    class Foreign(NonRecordingSpan):
        ended = False

        def end(self, end_time: int | None = None) -> None:
            self.ended = True

    foreign = Foreign(REMOTE_UNSAMPLED)
    token = activate(foreign)
    tracer.begin("child").end()
    deactivate(token)
    assert not foreign.ended


def test_an_unsampled_trace_still_has_an_id() -> None:
    """What begins unsampled tells the services below, so that they do not sample either."""
    tracer = sampled_by("parentbased_always_off")
    context = tracer.begin("edge", parent=None).get_span_context()
    assert context.is_valid
    assert not context.trace_flags.sampled
    assert isinstance(tracer.begin("edge", SpanKind.SERVER, REMOTE), Span)


def test_always_off_overrules_the_caller() -> None:
    """A sampler that is not parent-based is asked about every span."""
    tracer = sampled_by("always_off")
    context = tracer.begin("edge", SpanKind.SERVER, REMOTE).get_span_context()
    assert context.trace_id == REMOTE.trace_id
    assert not context.trace_flags.sampled


def test_always_on_overrules_the_caller() -> None:
    """An unsampled parent does not keep a span from being recorded."""
    tracer = sampled_by("always_on")
    span = tracer.begin("edge", SpanKind.SERVER, REMOTE_UNSAMPLED)
    assert isinstance(span, Span)
    assert span.get_span_context().trace_flags.sampled
    token = activate(span)
    assert isinstance(tracer.begin("child"), Span)
    deactivate(token)


@pytest.mark.parametrize("name", ["traceidratio", "parentbased_traceidratio"])
def test_a_ratio_keeps_its_share(name: str) -> None:
    """The share is as asked for, and is counted."""
    tracing = Tracing(TracingSettings(sampler=name, sampled_ratio=0.25), destination=Kept())
    tracer = tracing.tracer("geo", "geo-1")
    kept = sum(tracer.begin("edge", parent=None).is_recording() for _ in range(4000))
    assert 800 < kept < 1200
    assert (tracing.sampling.begun, tracing.sampling.kept) == (4000, kept)


def test_unsampled_requests_share_one_stand_in() -> None:
    """Nothing is made for them, in this process or in those that hear of them."""
    tracer = sampled_by("parentbased_always_off")
    made: list[str] = []

    def attributes() -> dict[str, AnyValue]:
        made.append("attributes")
        return {}

    edge = tracer.begin("edge", SpanKind.SERVER, None, attributes)
    sent = traceparent(edge.get_span_context())
    assert extract(sent) is edge.get_span_context()
    assert tracer.begin("edge", SpanKind.SERVER, None, attributes) is edge
    assert tracer.begin("Nearby", SpanKind.SERVER, extract(sent), attributes) is edge
    token = activate(edge)
    assert current() is edge
    assert tracer.begin("child", attributes=attributes) is edge
    assert tracer.start_span("child") is edge
    deactivate(token)
    assert current() is trace.INVALID_SPAN
    assert not made


def test_an_unsampled_request_leaves_what_else_is_current(tracer: Tracer) -> None:
    """A value in OpenTelemetry's context, such as baggage, is there below its stand-in, too."""
    edge = sampled_by("always_off").begin("edge", parent=None)
    outer = attach(set_value("whose", "the user's"))
    token = activate(edge)
    assert (current(), get_value("whose")) == (edge, "the user's")
    deactivate(token)
    detach(outer)


def test_who_samples_all_the_same_begins_a_trace() -> None:
    """The stand-in of unsampled requests is no trace that anything could be added to."""
    unsampled = sampled_by("always_off").begin("edge", parent=None).get_span_context()
    first, second = (
        sampled_by("always_on").begin("Nearby", SpanKind.SERVER, unsampled) for _ in range(2)
    )
    assert isinstance(first, Span)
    assert isinstance(second, Span)
    assert first.parent_id is None
    assert len({span.get_span_context().trace_id for span in (first, second)}) == 2
    assert first.get_span_context().trace_id != unsampled.trace_id


TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize("sampler", [None, "always_on", "always_off", "parentbased_always_off"])
@pytest.mark.parametrize("state", [None, "a=1"])
@pytest.mark.parametrize(
    "header",
    [
        None,
        f"00-{TRACE}-{CALLER}-01",
        f"00-{TRACE}-{CALLER}-00",
        f"00-{TRACE}-{CALLER}-03",
        f" 00-{TRACE}-{CALLER}-01",
        f"cc-{TRACE}-{CALLER}-01-more",
        f"00-{TRACE.upper()}-{CALLER}-01",
        f"00-{'0' * 32}-{CALLER}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{'f' * 32}-{'f' * 16}-00",
    ],
)
def test_a_call_that_is_served_goes_on_with_the_callers_trace(
    sampler: str | None, state: str | None, header: str | None
) -> None:
    """As it would with the context that its headers name, whichever form they have."""
    settings = TracingSettings(sampler=sampler)
    tracer = Tracing(settings, destination=Kept()).tracer("geo", "geo-1")
    called = tracer.begin_called("Nearby", header, state, {"a": 1})
    expected = tracer.begin("Nearby", SpanKind.SERVER, extract(header, state), {"a": 1})
    assert type(called) is type(expected)
    ours, theirs = called.get_span_context(), expected.get_span_context()
    assert (ours.trace_flags, ours.trace_state) == (theirs.trace_flags, theirs.trace_state)
    if isinstance(called, Span) and isinstance(expected, Span):
        assert called.parent_id == expected.parent_id
        assert called.parent_is_remote == expected.parent_is_remote
        assert (called.kind, called.attributes) == (expected.kind, expected.attributes)
        if called.parent_id is not None:
            assert called.trace_id == expected.trace_id


def test_made_attributes_are_the_spans(tracer: Tracer, delivered: Delivered) -> None:
    """What makes attributes is asked for those of a sampled span."""
    tracer.begin("Nearby", parent=None, attributes=lambda: {"rpc.method": "Nearby"}).end()
    assert dict(delivered()[0].attributes or {}) == {"rpc.method": "Nearby"}


def test_given_attributes_are_copied(tracer: Tracer, delivered: Delivered) -> None:
    """A dictionary shared by all calls of a method is not written to."""
    shared = {"rpc.method": "Nearby"}
    span = tracer.begin("Nearby", attributes=shared)
    span.set_attribute("more", 1)
    span.end()
    assert shared == {"rpc.method": "Nearby"}
    assert dict(delivered()[0].attributes or {}) == {"rpc.method": "Nearby", "more": 1}


def test_starting_as_the_api_says(tracer: Tracer, delivered: Delivered) -> None:
    """Start time, links and attributes arrive; the values are as they were at the start."""
    sizes = [1, 2]
    link = trace.Link(REMOTE, {"why": "it began this"})
    span = tracer.start_span("job", None, SpanKind.CONSUMER, {"sizes": sizes}, [link], start_time=5)
    sizes.append(3)
    span.end(end_time=9)
    (read,) = delivered()
    assert (read.start_time, read.end_time, read.kind) == (5, 9, SpanKind.CONSUMER)
    assert dict(read.attributes or {}) == {"sizes": (1, 2)}
    assert [(linked.context, dict(linked.attributes or {})) for linked in read.links] == [
        (REMOTE, {"why": "it began this"})
    ]


async def test_a_traced_function_may_be_a_coroutine(tracer: Tracer, delivered: Delivered) -> None:
    """`start_as_current_span` decorates both kinds, as the SDK's does."""

    @tracer.start_as_current_span("work")
    async def work() -> str:
        assert current().is_recording()
        return "done"

    assert await work() == "done"
    assert [span.name for span in delivered()] == ["work"]
