import pytest

from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.query import Query, find
from innkeeper.embedded.traces.store import Store
from tests.support.spans import EPOCH, export, sent_by, span

ALWAYS = {"start": 0, "end": 1 << 64}


def found(store: Store, **wanted: object) -> list[int]:
    query = Query(**{"service": "", **ALWAYS, **wanted})  # type: ignore[arg-type]
    return [trace.id for trace in find(store, query) if trace]


@pytest.fixture
def store() -> Store:
    store = Store(1_000_000)
    request = export(
        sent_by("geo", span(1, 1, start=EPOCH, attributes={"hotels": 16}), region="west"),
        sent_by("geo", span(2, 1, start=EPOCH + 100, error="no"), span(2, 2, duration=5)),
        sent_by("rate", span(3, 1, start=EPOCH + 50)),
    )
    store.add(Decoder().decode(request))
    return store


def test_traces_that_start_last_come_first(store: Store) -> None:
    """The order is that of the start, not of the arrival; the earliest span is the start."""
    assert found(store) == [3, 1, 2] or found(store) == [3, 2, 1]
    assert found(store)[0] == 3


def test_one_span_must_fulfil_all_filters(store: Store) -> None:
    """A trace is not found when one span fits one filter and another span the other."""
    assert found(store, service="geo", tags={"error": "true"}) == [2]
    assert found(store, service="geo", tags={"error": "true"}, max_duration=5) == []


def test_tags_are_looked_for_in_the_process_too(store: Store) -> None:
    """An attribute of the resource finds the spans of its process."""
    assert found(store, tags={"region": "west", "hotels": "16"}) == [1]
    assert found(store, tags={"region": "east"}) == []


def test_a_search_can_be_paused_between_traces(store: Store) -> None:
    """What does not match is told as None, so that a caller gets its turn."""
    query = Query(service="", operation="nothing", **ALWAYS)
    assert list(find(store, query)) == [None, None, None]
