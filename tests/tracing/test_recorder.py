"""How ended spans get from the hot path to the collector."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from innkeeper.tracing.origin import Origin
from innkeeper.tracing.recorder import BATCH, BATCH_BYTES, Recorder
from innkeeper.tracing.sampling import Sampling
from innkeeper.tracing.tracer import Tracer
from tests.support.collector import Kept

FAILURE = "because"


class Hanging(Kept):
    """A collector that takes a batch and never answers, until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = threading.Event()
        self.released = threading.Event()

    def send(self, prepared: Sequence[ReadableSpan]) -> str | None:
        self.taken.set()
        self.released.wait()
        return "closed"

    def close(self) -> None:
        self.released.set()


@pytest.fixture
def recorders() -> Iterator[list[Recorder]]:
    made: list[Recorder] = []
    yield made
    for recorder in made:
        recorder.stop()


def tracer_of(recorder: Recorder) -> Tracer:
    origin = Origin(Resource({}), Sampling(ALWAYS_ON), recorder.record)
    return Tracer(origin, InstrumentationScope("tests"))


def until(event: threading.Event) -> None:
    assert event.wait(10)


def test_batches_are_small() -> None:
    """However many spans wait, no export holds more than a batch."""
    kept = Kept()
    recorder = Recorder(kept)
    tracer = tracer_of(recorder)
    for _ in range(3 * BATCH + 1):
        tracer.begin("a").end()
    recorder.start()
    recorder.stop()
    assert [len(batch) for batch in kept.batches] == [BATCH, BATCH, BATCH, 1]
    assert kept.closed


def test_batches_of_large_spans_are_few_spans() -> None:
    """An export of spans that carry much ends before collectors would refuse it."""
    kept = Kept()
    recorder = Recorder(kept)
    tracer = tracer_of(recorder)
    for _ in range(5):
        tracer.start_span("large", attributes={"text": "x" * (BATCH_BYTES // 2)}).end()
    recorder.start()
    recorder.stop(10)
    assert [len(batch) for batch in kept.batches] == [2, 2, 1]


def test_a_full_buffer_drops_and_counts(recorders: list[Recorder]) -> None:
    """The hot path never waits for room."""
    hanging = Hanging()
    recorder = Recorder(hanging, capacity=10, gather=0)
    recorders.append(recorder)
    tracer = tracer_of(recorder)
    recorder.start()
    tracer.begin("taken").end()
    until(hanging.taken)
    for _ in range(25):
        tracer.begin("a").end()
    statistics = recorder.statistics()
    assert (statistics.recorded, statistics.dropped, statistics.waiting) == (11, 15, 11)


def test_a_hanging_collector_does_not_hold_up_the_end() -> None:
    """Stopping ends the delivery that hangs."""
    hanging = Hanging()
    recorder = Recorder(hanging, gather=0)
    recorder.start()
    tracer_of(recorder).begin("a").end()
    until(hanging.taken)
    started = time.monotonic()
    recorder.stop(0.2)
    assert time.monotonic() - started < 5
    assert hanging.released.is_set()


def test_what_fails_is_tried_again(
    caplog: pytest.LogCaptureFixture, recorders: list[Recorder]
) -> None:
    """A collector that comes back gets the spans; losing and finding it are said once each."""
    kept = Kept(FAILURE, ConnectionError("no way"), FAILURE)
    recorder = Recorder(kept, gather=0, pauses=(0, 0, 0))
    recorders.append(recorder)
    with caplog.at_level(logging.INFO):
        recorder.start()
        tracer_of(recorder).begin("a").end()
        recorder_idle(recorder)
    assert [span.name for span in kept.spans] == ["a"]
    assert recorder.statistics().delivered == 1
    assert [record.getMessage() for record in caplog.records] == [
        "traces do not reach memory (because); requests are served all the same,"
        " up to 8192 spans wait",
        "traces reach memory again",
    ]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert all(record.exc_info is None for record in caplog.records)


def test_a_batch_that_is_always_refused_is_given_up(recorders: list[Recorder]) -> None:
    """What the collector cannot take does not keep it from taking the rest."""
    kept = Kept(FAILURE, FAILURE, FAILURE)
    recorder = Recorder(kept, gather=0, pauses=(0, 0))
    recorders.append(recorder)
    recorder.start()
    tracer_of(recorder).begin("refused").end()
    recorder_idle(recorder)
    tracer_of(recorder).begin("taken").end()
    recorder_idle(recorder)
    assert [span.name for span in kept.spans] == ["taken"]
    assert (recorder.statistics().lost, recorder.statistics().delivered) == (1, 1)


def test_a_span_that_cannot_be_converted_is_lost_alone() -> None:
    """A wrong key, which types forbid, costs its own span and no other."""
    kept = Kept()
    recorder = Recorder(kept)
    tracer = tracer_of(recorder)
    tracer.begin("wrong", attributes={5: 1}).end()  # type: ignore[dict-item]
    tracer.begin("right").end()
    recorder.start()
    recorder.stop()
    assert [span.name for span in kept.spans] == ["right"]
    assert recorder.statistics().lost == 1


def test_after_the_end_spans_are_dropped() -> None:
    """Stopping twice is fine, and late spans are counted."""
    recorder = Recorder(Kept())
    recorder.start()
    recorder.stop()
    recorder.stop()
    tracer_of(recorder).begin("late").end()
    assert recorder.statistics().dropped == 1


def recorder_idle(recorder: Recorder) -> None:
    """Wait until nothing waits any more."""
    ends = time.monotonic() + 10
    while recorder.statistics().waiting:
        assert time.monotonic() < ends
        time.sleep(0.002)
