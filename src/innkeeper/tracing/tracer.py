"""How spans begin.

A span below an unsampled one is not made at all: the parent's stand-in is handed back. All
unsampled requests whose callers named no trace share one stand-in, so that they cost no object.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    get_current_span,
    set_span_in_context,
    use_span,
)
from opentelemetry.trace import Span as ApiSpan
from opentelemetry.trace import Tracer as ApiTracer
from opentelemetry.util._decorator import _agnosticcontextmanager
from opentelemetry.util.types import AnyValue, Attributes

from innkeeper.tracing.context import CURRENT, UNSAMPLED_SPAN, Ambient, current
from innkeeper.tracing.ids import new_span_id, new_trace_id
from innkeeper.tracing.origin import Origin
from innkeeper.tracing.propagation import UNSAMPLED, extract, sampled_caller
from innkeeper.tracing.span import Span
from innkeeper.tracing.values import bounded

_SAMPLED = TraceFlags.SAMPLED
_SAMPLED_FLAGS = TraceFlags(_SAMPLED)
_STANDS_FOR = "innkeeper.sampling.adjusted_count"

Given = Mapping[str, AnyValue] | Callable[[], dict[str, AnyValue]] | None
"""Attributes, or what makes them where they are needed."""


class Tracer(ApiTracer):
    """Begins the spans of one service instance."""

    def __init__(self, origin: Origin, scope: InstrumentationScope) -> None:
        """`scope` names the code that makes the spans."""
        self.origin = origin
        self.scope = scope

    def begin(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: SpanContext | Ambient | None = CURRENT,
        attributes: Given = None,
    ) -> ApiSpan:
        """Begin a span without making it current: the runtime's short way.

        Args:
            parent: None begins a trace; a context from `propagation.extract` continues the
                caller's.
            attributes: are copied, but their values are taken as they are: str, bool, int and
                float only. A callable is called only when the span is sampled, and what it makes
                is the span's.
        """
        if parent is CURRENT:
            above = current()
        elif parent is None:
            above = INVALID_SPAN
        elif parent is UNSAMPLED:
            above = UNSAMPLED_SPAN
        else:
            above = NonRecordingSpan(parent)
        return self._below(self.origin, above, name, kind, attributes, None)

    def begin_called(
        self, name: str, traceparent: str | None, tracestate: str | None, attributes: Given = None
    ) -> ApiSpan:
        """Begin the span of a call that is served, below the caller's as its headers name it.

        Args:
            attributes: as in `begin`.
        """
        if tracestate is None and self.origin.sampling.keeps_sampled:
            caller = sampled_caller(traceparent)
            if caller is not None:
                trace_id, span_id = caller
                return Span(
                    self.origin,
                    self.scope,
                    name,
                    SpanKind.SERVER,
                    trace_id,
                    span_id,
                    True,
                    _SAMPLED_FLAGS,
                    None,
                    _own(attributes),
                )
        return self.begin(name, SpanKind.SERVER, extract(traceparent, tracestate), attributes)

    def begin_kept(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Given = None
    ) -> ApiSpan:
        """Begin a trace that is sampled, whatever the sampler would say."""
        return self._root(self.origin, name, kind, _own(attributes), None)

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> ApiSpan:
        """As OpenTelemetry's API says."""
        above = get_current_span(context)
        origin = self._origin_below(above)
        kept, dropped = bounded(attributes, origin.limits.attributes)
        span = self._below(origin, above, name, kind, kept, start_time)
        if isinstance(span, Span):
            span.dropped_attributes = dropped
            span.notes_exceptions = record_exception
            span.fails_on_exceptions = set_status_on_exception
            for link in links or ():
                span.add_link(link.context, link.attributes)
        return span

    @_agnosticcontextmanager
    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> Iterator[ApiSpan]:
        """As OpenTelemetry's API says."""
        span = self.start_span(name, context, kind, attributes, links, start_time)
        with use_span(span, end_on_exit, record_exception, set_status_on_exception):
            yield span

    def _origin_below(self, above: ApiSpan) -> Origin:
        return self.origin

    def _below(
        self,
        origin: Origin,
        above: ApiSpan,
        name: str,
        kind: SpanKind,
        attributes: Given,
        start_time: int | None,
    ) -> ApiSpan:
        sampling = origin.sampling
        if above is UNSAMPLED_SPAN:
            if sampling.keeps_unsampled:
                return above
            # Nobody's trace: who samples all the same begins one.
            above = INVALID_SPAN
        elif type(above) is Span and sampling.keeps_sampled:
            return Span(
                origin,
                self.scope,
                name,
                kind,
                above.trace_id,
                above.span_id,
                False,
                above.flags,
                above.trace_state,
                _own(attributes),
                start_time,
            )
        context = above.get_span_context()
        if not context.is_valid:
            if sampling.root is not None:
                count = sampling.count(sampling.root())
                if not count:
                    return UNSAMPLED_SPAN
                kept = _own(attributes)
                if count > 1:
                    kept[_STANDS_FOR] = count
                return self._root(origin, name, kind, kept, start_time)
        else:
            flags = context.trace_flags
            if flags & _SAMPLED:
                if sampling.keeps_sampled:
                    return Span(
                        origin,
                        self.scope,
                        name,
                        kind,
                        f"{context.trace_id:032x}",
                        f"{context.span_id:016x}",
                        context.is_remote,
                        flags,
                        context.trace_state,
                        _own(attributes),
                        start_time,
                    )
            elif sampling.keeps_unsampled:
                # A foreign span that records without being sampled is not ours to end.
                return above if type(above) is NonRecordingSpan else NonRecordingSpan(context)
        return self._decided(origin, above, name, kind, _own(attributes), start_time)

    def _root(
        self,
        origin: Origin,
        name: str,
        kind: SpanKind,
        attributes: dict[str, AnyValue],
        start_time: int | None,
    ) -> Span:
        """The first span of a trace."""
        return Span(
            origin,
            self.scope,
            name,
            kind,
            new_trace_id(),
            None,
            False,
            _SAMPLED_FLAGS,
            None,
            attributes,
            start_time,
        )

    def _decided(
        self,
        origin: Origin,
        above: ApiSpan,
        name: str,
        kind: SpanKind,
        attributes: dict[str, AnyValue],
        start_time: int | None,
    ) -> ApiSpan:
        """The span that the sampler wants, where its answer is not known beforehand."""
        parent = above.get_span_context()
        root = not parent.is_valid
        trace_id = new_trace_id() if root else f"{parent.trace_id:032x}"
        sampling = origin.sampling
        result = sampling.sampler.should_sample(
            set_span_in_context(above), int(trace_id, 16), name, kind, attributes
        )
        sampled = result.decision is Decision.RECORD_AND_SAMPLE
        if root:
            sampling.count(sampled)
        if not sampled:
            if root and sampling.keeps_unsampled and not result.trace_state:
                return UNSAMPLED_SPAN
            ids = int(trace_id, 16), int(new_span_id(), 16)
            flags = TraceFlags(parent.trace_flags & ~_SAMPLED)
            return NonRecordingSpan(SpanContext(*ids, False, flags, result.trace_state))
        attributes.update(result.attributes or {})
        return Span(
            origin,
            self.scope,
            name,
            kind,
            trace_id,
            None if root else f"{parent.span_id:016x}",
            parent.is_remote,
            TraceFlags(parent.trace_flags | _SAMPLED),
            result.trace_state,
            attributes,
            start_time,
        )


def _own(attributes: Given) -> dict[str, AnyValue]:
    if not attributes:
        return {}
    return attributes() if callable(attributes) else dict(attributes)
