"""Which traces are kept, by a clock that the test sets."""

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, TraceState

from innkeeper.settings import SAMPLERS, TracingSettings
from innkeeper.tracing import Tracer
from innkeeper.tracing.origin import Origin
from innkeeper.tracing.sampling import Sampling
from innkeeper.tracing.span import Span

SECOND = 1_000_000_000
SAMPLED = SpanContext(0xABC, 0xDEF, True, TraceFlags(1), TraceState([("a", "1")]))
UNSAMPLED = SpanContext(0xABC, 0xDEF, True, TraceFlags(0))


class Clock:
    """Nanoseconds since some moment."""

    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sampling(clock: Clock) -> Sampling:
    """Ten traces a second."""
    return Sampling.chosen(TracingSettings(traces_per_second=10), clock)


@pytest.fixture
def tracer(sampling: Sampling) -> Tracer:
    origin = Origin(Resource({}), sampling, lambda _: None)
    return Tracer(origin, InstrumentationScope("test"))


def test_while_there_are_few_every_trace_is_kept(
    tracer: Tracer, clock: Clock, sampling: Sampling
) -> None:
    """Nine a second, for a minute, of ten that may be."""
    for _ in range(540):
        span = tracer.begin("edge", parent=None)
        assert isinstance(span, Span)
        assert not span.attributes
        clock.now += SECOND // 9
    assert (sampling.begun, sampling.kept) == (540, 540)


def test_a_busy_second_keeps_its_number(tracer: Tracer, clock: Clock, sampling: Sampling) -> None:
    """After what a moment may hold, it is as many a second as asked for."""
    kept = [tracer.begin("edge", parent=None).is_recording() for _ in range(100)]
    assert sum(kept) == 20
    kept = []
    for _ in range(10_000):
        clock.now += SECOND // 1000
        kept.append(tracer.begin("edge", parent=None).is_recording())
    assert sum(kept) == 100
    assert (sampling.begun, sampling.kept) == (10_100, 120)


def test_a_kept_trace_says_how_many_it_stands_for(tracer: Tracer, clock: Clock) -> None:
    """The sum over those that are kept is the number of those that began."""
    stands_for = 0
    for _ in range(10_000):
        span = tracer.begin("edge", parent=None)
        if isinstance(span, Span):
            count = span.attributes.get("innkeeper.sampling.adjusted_count", 1)
            assert isinstance(count, int)
            stands_for += count
            last = count
        clock.now += SECOND // 1000
    assert 9_900 <= stands_for <= 10_000
    assert last == 100


def test_below_a_span_nothing_is_decided(tracer: Tracer, sampling: Sampling) -> None:
    """A trace is kept whole or not at all, however many spans it has."""
    for _ in range(1000):
        assert isinstance(tracer.begin("Nearby", SpanKind.SERVER, SAMPLED), Span)
        assert isinstance(tracer.begin("Nearby", SpanKind.SERVER, UNSAMPLED), NonRecordingSpan)
    assert sampling.begun == 0


def test_callers_from_outside_get_as_many_once_more(
    tracer: Tracer, clock: Clock, sampling: Sampling
) -> None:
    """Who asks for a trace is not kept waiting by those who do not, nor can ask without end."""
    for _ in range(100):
        tracer.begin("edge", parent=None)
    granted = [sampling.admit_context(SAMPLED) is SAMPLED for _ in range(100)]
    assert sum(granted) == 20
    assert (sampling.admitted, sampling.refused) == (20, 80)
    clock.now += SECOND
    assert sum(sampling.admit() for _ in range(100)) == 10


def test_a_refused_trace_goes_on_unsampled(sampling: Sampling) -> None:
    """Ids and state are the caller's still, for those behind us."""
    while sampling.admit():
        pass
    assert sampling.admit_context(SAMPLED) == SpanContext(
        0xABC, 0xDEF, True, TraceFlags(0), TraceState([("a", "1")])
    )


def test_who_asks_for_nothing_is_not_counted(sampling: Sampling) -> None:
    """The context of an unsampled caller stays as it is."""
    assert sampling.admit_context(UNSAMPLED) is UNSAMPLED
    assert (sampling.admitted, sampling.refused) == (0, 0)


def test_none_a_second_keeps_none(clock: Clock) -> None:
    """Neither of those that begin here nor of those that are asked for."""
    sampling = Sampling.chosen(TracingSettings(traces_per_second=0), clock)
    tracer = Tracer(Origin(Resource({}), sampling, lambda _: None), InstrumentationScope("test"))
    assert not tracer.begin("edge", parent=None).is_recording()
    assert not sampling.admit()


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_named_sampler_decides_alone(name: str, clock: Clock) -> None:
    """No rate limits it, and nobody from outside gets a trace by asking."""
    settings = TracingSettings(sampler=name, traces_per_second=0)
    sampling = Sampling.chosen(settings, clock)
    tracer = Tracer(Origin(Resource({}), sampling, lambda _: None), InstrumentationScope("test"))
    spans = [tracer.begin("edge", parent=None) for _ in range(100)]
    assert {span.is_recording() for span in spans} == {"off" not in name}
    assert sampling.admit_context(SAMPLED) is SAMPLED
    assert not sampling.admit()
