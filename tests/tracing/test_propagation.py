"""The headers of W3C Trace Context."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan, SpanContext, TraceFlags, TraceState

from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing
from innkeeper.tracing.context import UNSAMPLED_SPAN
from innkeeper.tracing.propagation import UNSAMPLED, extract, headers, sampled_caller, traceparent
from tests.support.collector import Kept

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
HEADER = f"00-{TRACE}-{SPAN}-01"


def test_reads_the_example_of_the_recommendation() -> None:
    """A well-formed header gives the caller's ids, sampled and remote."""
    context = extract(HEADER)
    assert context == SpanContext(int(TRACE, 16), int(SPAN, 16), True, TraceFlags(1), TraceState())


def test_the_sampled_flag_may_be_absent() -> None:
    """Flags 00 mean that the caller does not sample."""
    context = extract(f"00-{TRACE}-{SPAN}-00")
    assert context is not None
    assert not context.trace_flags.sampled


def test_a_later_version_may_carry_more() -> None:
    """Versions from 01 on are read as far as they are known."""
    assert extract(f"cc-{TRACE}-{SPAN}-01-what-the-future-brings") is not None
    assert extract(f"cc-{TRACE}-{SPAN}-01") is not None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        HEADER.upper(),
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-more",
        f"cc-{TRACE}-{SPAN}-01more",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}g-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"{HEADER}\n",
        f"{HEADER},{HEADER}",
        f"cc-{TRACE}-{SPAN}-01-{'x' * 600}",
        HEADER.replace("0", "\N{FULLWIDTH DIGIT ZERO}"),
    ],
)
def test_a_malformed_header_is_none_at_all(header: str | None) -> None:
    """What does not follow the format begins no continuation."""
    assert extract(header) is None


@settings(deadline=None)
@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever comes in either header, nothing is raised."""
    extract(text, text)
    extract(HEADER, text)


def test_tracestate_travels_in_its_order() -> None:
    """Members keep their order; empty ones and blanks around are left out."""
    context = extract(HEADER, "rojo=00f067aa0ba902b7 ,, congo=t61rcWkgMzE,a@v=1")
    assert context is not None
    assert context.trace_state.to_header() == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,a@v=1"


@pytest.mark.parametrize(
    "state",
    [
        "Upper=1",
        "a=1,a=2",
        "a=",
        "=1",
        "a",
        "a=\x01",
        "a=1,b",
        ",".join(f"k{n}=1" for n in range(33)),
        "a=" + "x" * 257,
        "k=" + "x" * 9000,
    ],
)
def test_a_malformed_tracestate_is_dropped_alone(state: str) -> None:
    """The trace goes on without the state."""
    context = extract(HEADER, state)
    assert context is not None
    assert context.trace_state == {}


def test_what_was_read_is_written_again() -> None:
    """Sending on what came in gives the same headers."""
    context = extract(HEADER, "a=1,b=2")
    assert context is not None
    assert traceparent(context) == HEADER
    assert headers(NonRecordingSpan(context)) == (
        ("traceparent", HEADER),
        ("tracestate", "a=1,b=2"),
    )


@settings(deadline=None)
@given(st.from_regex(r"0?0-[0-9a-fA-F]{31,33}-[0-9a-f]{15,17}-0[01]\n?|00-0{32}-[0-9a-f]{16}-01"))
def test_the_common_form_is_read_as_all_forms_are(header: str) -> None:
    """What is found without a context is what the context says."""
    found = sampled_caller(header)
    if found is not None:
        trace_id, span_id = found
        assert extract(header) == SpanContext(
            int(trace_id, 16), int(span_id, 16), True, TraceFlags(1), TraceState()
        )
    elif len(header) == len(HEADER) and header.endswith("-01"):
        assert extract(header) is None


@pytest.mark.parametrize("state", [None, TraceState([("a", "1")])])
def test_a_span_of_ours_is_sent_as_its_context(state: TraceState | None) -> None:
    """The short way gives the same headers as the long one."""
    parent = SpanContext(1, 2, True, TraceFlags(3), state)
    tracer = Tracing(TracingSettings(), destination=Kept()).tracer("geo", "geo-1")
    span = tracer.begin("a", parent=parent)
    assert headers(span) == headers(NonRecordingSpan(span.get_span_context()))


def test_without_a_trace_nothing_is_sent() -> None:
    """The invalid context has no headers."""
    assert headers(INVALID_SPAN) == ()


def test_not_sampled_is_told_without_a_trace() -> None:
    """The stand-in of all unsampled requests is well-formed for others, and known to us."""
    ((name, value),) = headers(UNSAMPLED_SPAN)
    assert (name, value) == ("traceparent", f"00-{'f' * 32}-{'f' * 16}-00")
    assert extract(value) is UNSAMPLED
    assert UNSAMPLED.is_valid
    assert not UNSAMPLED.trace_flags.sampled
