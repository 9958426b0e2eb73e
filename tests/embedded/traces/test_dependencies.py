from innkeeper.embedded.traces.dependencies import Calls, Dependency, touches
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from tests.support.spans import EPOCH, export, sent_by, span
from tests.support.stored import add, stored


def dependencies(store: Store) -> list[Dependency]:
    calls = Calls()
    for trace in store.traces():
        calls.count(trace)
    return calls.found()


def test_calls_errors_and_durations_are_counted_by_pair() -> None:
    """Each span below a span of another service is one call; calls within a service are none."""
    store = stored(
        sent_by("front", span(1, 1), span(1, 2, 1)),
        sent_by(
            "back",
            *(span(1, 10 + number, 2, duration=number * 1000) for number in range(1, 20)),
            span(1, 99, 2, duration=1_000_000, error="no"),
        ),
    )
    assert dependencies(store) == [Dependency("front", "back", calls=20, errors=1, p95=19_000)]


def test_a_span_that_came_twice_was_one_call() -> None:
    """An exporter that tried again does not raise the figures."""
    decoder = Decoder()
    store = Store(1_000_000)
    request = export(sent_by("front", span(1, 1)), sent_by("back", span(1, 2, 1)))
    add(store, decoder, request)
    add(store, decoder, request)
    (found,) = dependencies(store)
    assert found.calls == 1


def test_spans_without_a_parent_at_hand_and_cycles_count_nothing_wrong() -> None:
    """A missing parent is no caller; a cycle of two services is a call each way."""
    store = stored(
        sent_by("a", span(1, 1, 9), span(2, 1, 2)),
        sent_by("b", span(2, 2, 1)),
    )
    found = dependencies(store)
    assert [(link.parent, link.child) for link in found] == [("a", "b"), ("b", "a")]


def test_only_traces_with_a_span_in_the_period_are_looked_at() -> None:
    """A trace counts as a whole when one of its spans starts within."""
    starts = (EPOCH, EPOCH + 100, EPOCH + 300)
    spans = [span(1, number, start=start) for number, start in enumerate(starts, start=1)]
    (trace,) = stored(sent_by("a", *spans)).traces()
    for after, before, within in ((50, 101, True), (99, 400, True), (1, 99, False), (101, 299, 0)):
        assert touches(trace, EPOCH + after, EPOCH + before) == within
    assert not touches(trace, EPOCH + 300, EPOCH + 400)
