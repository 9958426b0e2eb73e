import gc
import tracemalloc

import pytest

from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from tests.support.spans import export, sent_by, span
from tests.support.stored import add, stored

LONG_TRACE_ID = 1 << 127
LONG_SPAN_ID = 1 << 63


def fill(store: Store, traces: range, spans: int = 10) -> None:
    """Ids are as long as those that senders draw by lot."""
    decoder = Decoder()
    for trace in traces:
        built = [
            span(
                LONG_TRACE_ID + trace,
                LONG_SPAN_ID + number,
                LONG_SPAN_ID + number - 1,
                name=f"GET /{number % 5}",
                attributes={"url.query": f"inDate=2015-04-09&outDate=2015-04-10&limit={number}"},
            )
            for number in range(1, spans + 1)
        ]
        half = spans // 2
        request = export(sent_by("front", *built[:half]), sent_by("back", *built[half:]))
        add(store, decoder, request)


def test_the_oldest_traces_leave_first_and_the_limit_holds() -> None:
    """A full store drops whole traces in the order in which they came."""
    store = Store(capacity=100_000)
    fill(store, range(1, 200))
    statistics = store.statistics()
    assert statistics.bytes <= 100_000
    assert store.trace(LONG_TRACE_ID + 1) is None
    assert store.trace(LONG_TRACE_ID + 199) is not None
    held = [trace.id - LONG_TRACE_ID for trace in store.traces()]
    assert held == list(range(200 - statistics.traces, 200))
    assert statistics.accepted == 1990
    assert statistics.evicted == 1990 - statistics.spans


def test_names_leave_with_their_last_span() -> None:
    """A service and its operations are forgotten when no span of them is held."""
    store = Store(capacity=100_000)
    add(store, Decoder(), export(sent_by("gone", span(1_000, name="once"))))
    assert store.operations("gone") == [("once", "server")]
    fill(store, range(1, 200))
    assert store.services() == ["back", "front"]
    assert store.operations("gone") == []
    assert list(store.traces("gone")) == []


def test_one_trace_cannot_drive_out_all_others() -> None:
    """A trace that grows without end is cut off at half of the memory, and the sender told."""
    store = Store(capacity=100_000)
    fill(store, range(1, 5))
    request = export(sent_by("runaway", *(span(99, n) for n in range(1, 1000))))
    outcome = add(store, Decoder(), request)
    assert outcome.rejected == store.statistics().refused > 0
    assert "too large" in outcome.reason
    assert store.trace(LONG_TRACE_ID + 4) is not None


def test_a_span_larger_than_all_memory_leaves_nothing_behind() -> None:
    """What cannot be held is refused without a trace of it."""
    store = stored(sent_by("a", span(1, attributes={"a": "x" * 20_000})), capacity=10_000)
    statistics = store.statistics()
    assert (statistics.traces, statistics.spans, statistics.bytes) == (0, 0, 0)
    assert store.services() == []


def test_an_emptied_store_holds_no_bytes() -> None:
    """The estimate neither leaks nor goes below zero when all that came has left."""
    store = Store(capacity=6_000)
    fill(store, range(1, 50), spans=4)
    fill(store, range(50, 51), spans=1)
    while store.statistics().traces:
        store._evict_oldest()
    assert store.statistics().bytes == 0


@pytest.mark.parametrize("spans", [1, 10, 1000])
def test_the_estimate_is_what_python_really_takes(spans: int) -> None:
    """The bytes said to be held are no less than were allocated, and hardly more."""
    store = Store(capacity=1_000_000_000)
    fill(store, range(1, 2))
    # What the interpreter keeps for itself of a first time, and what waits to be collected, is not
    # the store's.
    fill(Store(capacity=1_000_000_000), range(2, 2 + 5000 // spans), spans)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        held = store.statistics().bytes
        fill(store, range(2, 2 + 5000 // spans), spans)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    ratio = (store.statistics().bytes - held) / (after - before)
    assert 1 <= ratio <= 1.25
