"""How a trace travels between processes: the `traceparent` and `tracestate` headers.

The format is W3C Trace Context (https://www.w3.org/TR/trace-context/). What does not follow it
is treated as absent, as the recommendation asks: the receiver then begins a trace of its own.
"""

import re

from opentelemetry.trace import Span as ApiSpan
from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from innkeeper.tracing.span import Span

_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?",
    re.ASCII,
)
_SAMPLED_CALLER = re.compile(
    r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-01", re.ASCII
).fullmatch
_LONGEST_TRACEPARENT = 512
_MEMBER = re.compile(
    r"([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])",
    re.ASCII,
)
_MOST_MEMBERS = 32
_LONGEST_TRACESTATE = 8192
_NO_STATE = TraceState()
_FLAGS = tuple(TraceFlags(bits) for bits in range(256))
_UNSAMPLED_HEADER = f"00-{'f' * 32}-{'f' * 16}-00"
_UNSAMPLED_HEADERS = (("traceparent", _UNSAMPLED_HEADER),)

UNSAMPLED = SpanContext(2**128 - 1, 2**64 - 1, False, TraceFlags(), _NO_STATE)
"""The trace of all requests that are not sampled and whose callers named no trace.

It only tells the services below not to sample either. That it is one and the same, of an id that
nobody draws, makes it cost nothing to begin, to send and to read.
"""


def extract(traceparent: str | None, tracestate: str | None = None) -> SpanContext | None:
    """The caller's span as its headers name it; None when there is none or it is malformed.

    Several `tracestate` headers are joined with commas before they come here. A malformed
    one is dropped alone: the trace goes on without it.
    """
    if traceparent is None or len(traceparent) > _LONGEST_TRACEPARENT:
        return None
    if traceparent == _UNSAMPLED_HEADER:
        return UNSAMPLED
    match = _TRACEPARENT.fullmatch(traceparent.strip(" \t"))
    if match is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == "00" and rest:
        return None
    return SpanContext(
        trace_id=int(trace_id, 16),
        span_id=int(span_id, 16),
        is_remote=True,
        trace_flags=_FLAGS[int(flags, 16)],
        trace_state=_state(tracestate) if tracestate else _NO_STATE,
    )


def sampled_caller(traceparent: str | None) -> tuple[str, str] | None:
    """The ids, in hexadecimal, of a trace and of a caller that samples it, where the header is of
    the form that our own callers write; `extract` knows all others."""
    if traceparent is None or not traceparent.endswith("-01"):
        return None
    match = _SAMPLED_CALLER(traceparent)
    return None if match is None else (match[1], match[2])


def traceparent(context: SpanContext) -> str:
    """The header that makes the receiver's spans children of this one.

    The context must be valid; check `context.is_valid` where it may not be.
    """
    if context is UNSAMPLED:
        return _UNSAMPLED_HEADER
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def headers(span: ApiSpan) -> tuple[tuple[str, str], ...]:
    """All that is to be sent along with a call that is made in a span, ready as gRPC metadata;
    empty without a trace."""
    if type(span) is Span and not span.trace_state:
        return (("traceparent", span.traceparent()),)
    context = span.get_span_context()
    if context is UNSAMPLED:
        return _UNSAMPLED_HEADERS
    if not context.is_valid:
        return ()
    parent = ("traceparent", traceparent(context))
    if context.trace_state:
        return (parent, ("tracestate", context.trace_state.to_header()))
    return (parent,)


def _state(header: str) -> TraceState:
    if len(header) > _LONGEST_TRACESTATE:
        return _NO_STATE
    entries: dict[str, str] = {}
    for text in header.split(","):
        member = text.strip(" \t")
        if not member:
            continue
        match = _MEMBER.fullmatch(member)
        if match is None or match[1] in entries:
            return _NO_STATE
        entries[match[1]] = match[2]
    return TraceState(list(entries.items())) if len(entries) <= _MOST_MEMBERS else _NO_STATE
