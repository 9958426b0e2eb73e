"""What holds for any spans and any bytes, however odd."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from innkeeper.embedded.traces.dependencies import Calls
from innkeeper.embedded.traces.jaeger import encode
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.query import Query, find
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.summary import summarize
from innkeeper.errors import BadInput
from tests.support.spans import export, key_values, sent_by, span
from tests.support.stored import add

TIMES = st.integers(0, 2**64 - 1) | st.sampled_from((0, 1, 2**63, 2**64 - 1))
IDS = st.integers(1, 4)
TEXTS = st.text(max_size=10) | st.sampled_from(("error", "service.name", "\U0001f600"))
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | TEXTS
SCALARS |= st.binary(max_size=10)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
ATTRIBUTES = st.dictionaries(TEXTS, VALUES, max_size=3)


@st.composite
def spans(draw: Any) -> Span:
    """Few ids, so that there are cycles, missing parents and ids used twice."""
    built = span(draw(IDS), draw(IDS), draw(st.integers(0, 5)), name=draw(TEXTS))
    built.start_time_unix_nano = draw(TIMES)
    built.end_time_unix_nano = draw(TIMES)
    built.kind = draw(st.integers(0, 9))
    built.attributes.extend(key_values(draw(ATTRIBUTES)))
    built.status.code = draw(st.integers(0, 3))
    for attributes in draw(st.lists(ATTRIBUTES, max_size=2)):
        event = built.events.add(name=draw(TEXTS), time_unix_nano=draw(TIMES))
        event.attributes.extend(key_values(attributes))
    for linked in draw(st.lists(IDS, max_size=2)):
        built.links.add(trace_id=linked.to_bytes(16, "big"), span_id=linked.to_bytes(8, "big"))
    return built


def read_everything(store: Store) -> int:
    """Ask all that can be asked; answers how many spans were shown."""
    shown = 0
    calls = Calls()
    for trace in list(store.traces()):
        for raw in (True, False):
            written = json.loads(encode(trace, raw=raw))
        assert {item["traceID"] for item in written["spans"]} == {written["traceID"]}
        shown += len(trace.spans())
        json.dumps(summarize(trace), allow_nan=False)
        calls.count(trace)
    calls.found()
    everything = Query(service="", start=0, end=1 << 64, tags={"error": "true", "span.kind": "x"})
    assert list(find(store, everything)) == [None] * len(list(store.traces()))
    return shown


@given(st.lists(spans(), max_size=6), ATTRIBUTES)
@settings(deadline=None)
def test_any_span_can_be_stored_and_shown(sent: list[Span], resource: dict[str, Any]) -> None:
    """Whatever OTLP can say comes out as JSON, span for span."""
    store = Store(1_000_000)
    assert add(store, Decoder(), export(sent_by(None, *sent, **resource))).rejected == 0
    assert read_everything(store) == len(sent)


@given(st.lists(spans(), min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_damaged_requests_do_no_harm(sent: list[Span], data: st.DataObject) -> None:
    """With any bytes changed, cut out or put in, a request is refused in words, or what of it is
    taken can be read."""
    encoded = bytearray(export(sent_by("a", *sent)).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(encoded)))
        cut = data.draw(st.integers(0, 3))
        encoded[place : place + cut] = data.draw(st.binary(max_size=3))
    store = Store(1_000_000)
    with suppress(BadInput):
        add(store, Decoder(), bytes(encoded))
    read_everything(store)


@given(st.lists(st.lists(spans(), max_size=5), max_size=12), st.integers(2_000, 20_000))
@settings(deadline=None, max_examples=40)
def test_the_figures_always_add_up(requests: list[list[Span]], capacity: int) -> None:
    """Every span sent is held, evicted or refused; the limit holds; nothing is left in the end."""
    store, decoder = Store(capacity), Decoder()
    for number, sent in enumerate(requests):
        add(store, decoder, export(sent_by(f"service {number % 3}", *sent)))
        held = store.statistics()
        assert held.bytes <= capacity
        assert held.accepted == held.spans + held.evicted
        assert held.traces == len(list(store.traces()))
    assert held_and_refused(store) == sum(map(len, requests))
    while store.statistics().traces:
        store._evict_oldest()
    assert store.statistics().bytes == 0
    assert store.services() == []


def held_and_refused(store: Store) -> int:
    statistics = store.statistics()
    return statistics.accepted + statistics.refused
