import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.query import Query, find
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.tags import process_tags, span_tags
from tests.support.spans import EPOCH, sent_by, span
from tests.support.stored import spans_of, stored

ALWAYS = {"start": 0, "end": 1 << 64}


def found(store: Store, **wanted: object) -> list[int]:
    query = Query(**{"service": "", **ALWAYS, **wanted})  # type: ignore[arg-type]
    return [trace.id for trace in find(store, query) if trace]


@pytest.fixture
def store() -> Store:
    return stored(
        sent_by("geo", span(1, 1, start=EPOCH, attributes={"hotels": 16}), region="west"),
        sent_by("geo", span(2, 1, start=EPOCH + 100, error="no"), span(2, 2, duration=5)),
        sent_by("rate", span(3, 1, start=EPOCH + 50)),
    )


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


VALUES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats()
VALUES |= st.text() | st.binary() | st.sampled_from(["true", "12", "ERROR", "server"])
VALUES |= st.lists(st.text(), max_size=2) | st.dictionaries(st.text(), st.text(), max_size=2)
KEYS = st.text() | st.sampled_from(["error", "span.kind", "event", "otel.status_code"])


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
@settings(deadline=None)
def test_a_span_is_found_by_each_of_its_tags(attributes: dict[str, object], fails: bool) -> None:
    """The short cut around decoding never loses a span, whatever its tags are made of."""
    built = span(attributes=attributes, error="why" if fails else None)
    store = stored(sent_by("a", built, region="west"))
    (held,) = spans_of(store)
    decoded = wire.Span.FromString(held.encoded)
    for tag in [*span_tags(decoded, held.origin), *process_tags(held.origin)]:
        assert found(store, tags={tag.key: tag.text()}) == [1]
