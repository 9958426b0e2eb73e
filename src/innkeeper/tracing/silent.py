"""The tracer of those who want no traces."""

from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan, SpanKind
from opentelemetry.trace import Span as ApiSpan

from innkeeper.tracing.origin import Origin
from innkeeper.tracing.propagation import extract
from innkeeper.tracing.tracer import Given, Tracer


class SilentTracer(Tracer):
    """Records nothing, and hands the caller's trace on untouched (`OTEL_SDK_DISABLED`)."""

    def begin_called(
        self, name: str, traceparent: str | None, tracestate: str | None, attributes: Given = None
    ) -> ApiSpan:
        return self.begin(name, SpanKind.SERVER, extract(traceparent, tracestate))

    def begin_kept(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Given = None
    ) -> ApiSpan:
        return INVALID_SPAN

    def _below(
        self,
        origin: Origin,
        above: ApiSpan,
        name: str,
        kind: SpanKind,
        attributes: Given,
        start_time: int | None,
    ) -> ApiSpan:
        if type(above) is NonRecordingSpan:
            return above
        return NonRecordingSpan(above.get_span_context())
