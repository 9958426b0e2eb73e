"""What a span costs: this runtime's recorder beside the OpenTelemetry SDK, in one run.

    python -m bench.tracing_span [--rounds 7] [--spans 20000]

Both sides make the same spans (two attributes at the start, one later, a context for the wire) in
turns, each into an exporter that encodes nothing, so that the hot path alone is seen; then what
the background has to do for one span. The figures are medians with minimum and maximum.
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import gc
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter, process_time

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, DEFAULT_OFF, DEFAULT_ON, Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanKind, use_span
from opentelemetry.trace import Tracer as ApiTracer

from innkeeper.tracing import Tracer, activate, deactivate, traceparent
from innkeeper.tracing.encode import encode
from innkeeper.tracing.origin import Origin
from innkeeper.tracing.propagation import headers
from innkeeper.tracing.recorder import BATCH
from innkeeper.tracing.request import request
from innkeeper.tracing.sampling import Sampling
from innkeeper.tracing.span import Span

METHOD = "innkeeper.geo.v1.Geo/Nearby"
ATTRIBUTES = {"rpc.system.name": "grpc", "rpc.method": METHOD}
RESOURCE = Resource.create({"service.name": "geo", "service.instance.id": "geo-1"})
SCOPE = InstrumentationScope("bench")


class _Buffer(SpanProcessor):
    """Takes the SDK's spans as its batch processor does, and forgets them."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


def lean(sampler: Sampler) -> tuple[Tracer, list[Span]]:
    """Our tracer, and where its spans go."""
    spans: list[Span] = []
    return Tracer(Origin(RESOURCE, Sampling(sampler), spans.append), SCOPE), spans


def sdk(sampler: Sampler) -> tuple[ApiTracer, list[ReadableSpan]]:
    """The SDK's tracer, and where its spans go."""
    provider = TracerProvider(sampler, RESOURCE, shutdown_on_exit=False)
    buffer = _Buffer()
    provider.add_span_processor(buffer)
    return provider.get_tracer("bench"), buffer.spans


def call(tracer: Tracer) -> None:
    """A call's two spans, as the runtime makes them."""
    server = tracer.begin(METHOD, SpanKind.SERVER, None, ATTRIBUTES)
    token = activate(server)
    client = tracer.begin(METHOD, SpanKind.CLIENT, attributes=ATTRIBUTES)
    headers(client)
    client.set_attribute("rpc.response.status_code", "OK")
    client.end()
    deactivate(token)
    server.set_attribute("rpc.response.status_code", "OK")
    server.end()


def call_of_sdk(tracer: ApiTracer) -> None:
    """The same with the SDK."""
    server = tracer.start_span(METHOD, None, SpanKind.SERVER, ATTRIBUTES)
    with use_span(server):
        client = tracer.start_span(METHOD, None, SpanKind.CLIENT, ATTRIBUTES)
        traceparent(client.get_span_context())
        client.set_attribute("rpc.response.status_code", "OK")
        client.end()
    server.set_attribute("rpc.response.status_code", "OK")
    server.end()


def microseconds(work: Callable[[], object], spans: int) -> float:
    """CPU time for one span."""
    gc.collect()
    started = process_time()
    work()
    return (process_time() - started) / spans * 1e6


def hot_path(sampler: Sampler, spans: int) -> tuple[float, float]:
    """Microseconds for a span: ours, the SDK's."""
    ours, ours_kept = lean(sampler)
    theirs, theirs_kept = sdk(sampler)
    calls = range(spans // 2)
    result = (
        microseconds(lambda: [call(ours) for _ in calls], spans),
        microseconds(lambda: [call_of_sdk(theirs) for _ in calls], spans),
    )
    assert len(ours_kept) == len(theirs_kept)
    return result


def background(spans: int) -> tuple[float, float]:
    """Microseconds to encode a span, in batches of 256 of ours and 512 of the SDK's."""
    ours, ours_kept = lean(ALWAYS_ON)
    theirs, theirs_kept = sdk(ALWAYS_ON)
    for _ in range(spans // 2):
        call(ours)
        call_of_sdk(theirs)

    def encode_ours() -> None:
        for start in range(0, spans, BATCH):
            request([encode(span) for span in ours_kept[start : start + BATCH]])

    def encode_theirs() -> None:
        for start in range(0, spans, 512):
            encode_spans(theirs_kept[start : start + 512])

    return microseconds(encode_ours, spans), microseconds(encode_theirs, spans)


def show(name: str, rounds: Sequence[tuple[float, float]]) -> None:
    """One line of the table."""
    cells = [
        f"{median(side):6.2f} ({min(side):.2f}–{max(side):.2f})"
        for side in zip(*rounds, strict=True)
    ]
    ratio = median(ours / theirs for ours, theirs in rounds)
    print(f"{name:<28}{cells[0]:>24}{cells[1]:>24}{ratio:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--spans", type=int, default=20_000)
    arguments = parser.parse_args()
    started = perf_counter()
    print(f"{'microseconds of CPU a span':<28}{'innkeeper':>24}{'SDK':>24}{'ratio':>8}")
    for name, measure in {
        "sampled": lambda: hot_path(DEFAULT_ON, arguments.spans),
        "unsampled": lambda: hot_path(DEFAULT_OFF, arguments.spans),
        "encoded in the background": lambda: background(arguments.spans),
    }.items():
        show(name, [measure() for _ in range(arguments.rounds)])
    print(f"{arguments.rounds} rounds of {arguments.spans} spans, {perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
