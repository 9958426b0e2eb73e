"""What a span notes down, and what it refuses."""

from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Span, SpanContext, Status, StatusCode, TraceFlags

from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracer, Tracing
from innkeeper.tracing.span import Span as RuntimeSpan
from tests.support.collector import Kept

Delivered = Callable[[], list[ReadableSpan]]


@pytest.fixture
def tracer(tracing: Tracing) -> Tracer:
    return tracing.tracer("geo", "geo-1")


@pytest.fixture
def span(tracer: Tracer) -> Span:
    return tracer.begin("work", parent=None)


def test_an_ended_span_is_immutable(span: Span, delivered: Delivered) -> None:
    """Whatever is called after the end changes nothing, and it is delivered once."""
    span.set_attribute("kept", True)
    span.end()
    span.end()
    span.set_attribute("late", 1)
    span.set_attributes({"late": 1})
    span.add_event("late")
    span.add_link(span.get_span_context())
    span.update_name("late")
    span.set_status(StatusCode.ERROR)
    span.record_exception(ValueError())
    (read,) = delivered()
    assert not span.is_recording()
    assert (read.name, dict(read.attributes or {})) == ("work", {"kept": True})
    assert (list(read.events), list(read.links)) == ([], [])
    assert read.status.is_unset


def test_the_end_is_after_the_start(span: Span, delivered: Delivered) -> None:
    """Times are nanoseconds since 1970."""
    span.end()
    (read,) = delivered()
    assert read.start_time is not None
    assert read.end_time is not None
    assert 1.7e18 < read.start_time <= read.end_time


def test_values_of_every_kind_survive(span: Span, delivered: Delivered) -> None:
    """What OTLP has no form for becomes its text; nothing later changes it."""
    names = ["a"]
    cyclic: list[object] = []
    cyclic.append(cyclic)
    span.set_attributes({"bool": True, "int": 1, "float": 0.5, "bytes": b"\xff", "names": names})
    span.set_attribute("huge", 2**70)
    span.set_attribute("half", "\ud800")
    span.set_attribute("nested", {"a": [1, {"b": 2**64}]})
    span.set_attribute("object", StatusCode)  # type: ignore[arg-type]
    span.set_attribute("cyclic", cyclic)  # type: ignore[arg-type]
    names.append("b")
    span.end()
    attributes = dict(delivered()[0].attributes or {})
    assert attributes.pop("cyclic") is not None
    assert attributes == {
        "bool": True,
        "int": 1,
        "float": 0.5,
        "bytes": b"\xff",
        "names": ("a",),
        "huge": str(2**70),
        "half": "?",
        "nested": {"a": (1, {"b": str(2**64)})},
        "object": "<enum 'StatusCode'>",
    }


def test_too_many_attributes_push_out_the_oldest(span: Span, delivered: Delivered) -> None:
    """The limit is OpenTelemetry's 128, and what went is counted."""
    for number in range(130):
        span.set_attribute(f"k{number}", number)
    span.end()
    (read,) = delivered()
    assert len(read.attributes or {}) == 128
    assert "k1" not in (read.attributes or {})
    assert read.dropped_attributes == 2


def test_attributes_noted_together_are_as_those_set_one_by_one(
    tracer: Tracer, delivered: Delivered
) -> None:
    """The later value counts, the oldest go beyond the limit, and an ended span takes none."""
    many = {f"k{number}": number for number in range(130)}
    noted = tracer.begin("noted", parent=None, attributes={"k1": "first", "old": True})
    given = tracer.begin("set", parent=None, attributes={"k1": "first", "old": True})
    assert isinstance(noted, RuntimeSpan)
    noted.note(many)
    given.set_attributes(many)
    for span in (noted, given):
        span.end()
    noted.note({"late": 1})
    first, second = delivered()
    assert dict(first.attributes or {}).items() == dict(second.attributes or {}).items()
    assert first.dropped_attributes == second.dropped_attributes == 3


def test_too_many_events_push_out_the_oldest(span: Span, delivered: Delivered) -> None:
    """Events and links have their limits, too."""
    for number in range(130):
        span.add_event(f"e{number}", {f"a{n}": n for n in range(129)}, number)
        span.add_link(SpanContext(1, number + 1, False, TraceFlags(1)))
    span.end()
    (read,) = delivered()
    assert [read.events[0].name, len(read.events), read.dropped_events] == ["e2", 128, 2]
    assert [read.events[0].dropped_attributes, read.events[0].timestamp] == [1, 2]
    assert [read.links[0].context.span_id, len(read.links), read.dropped_links] == [3, 128, 2]


def test_long_values_are_cut_where_the_user_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` holds for spans and events."""
    monkeypatch.setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3")
    kept = Kept()
    tracing = Tracing(TracingSettings(), destination=kept)
    tracing.start()
    with tracing.tracer("geo", "geo-1").begin("a long name", parent=None) as span:
        span.set_attributes({"text": "abcdef", "list": ["abcdef"], "number": 123456})
        span.add_event("a long name", {"text": "abcdef"})
    tracing.stop()
    (read,) = kept.spans
    assert dict(read.attributes or {}) == {"text": "abc", "list": ("abc",), "number": 123456}
    assert dict(read.events[0].attributes or {}) == {"text": "abc"}
    assert read.name == "a long name"


def test_an_exception_is_recorded_with_its_traceback(span: Span, delivered: Delivered) -> None:
    """Leaving the block by an exception makes an event and the status ERROR."""
    with pytest.raises(ZeroDivisionError), span:
        _ = 1 // 0
    (read,) = delivered()
    (event,) = read.events
    assert event.name == "exception"
    attributes = dict(event.attributes or {})
    assert attributes["exception.type"] == "ZeroDivisionError"
    assert "1 // 0" in str(attributes["exception.stacktrace"])
    assert read.status.status_code is StatusCode.ERROR
    assert read.status.description == "ZeroDivisionError: integer division or modulo by zero"


def test_exceptions_may_be_left_to_the_caller(tracer: Tracer, delivered: Delivered) -> None:
    """`record_exception` and `set_status_on_exception` are obeyed."""
    span = tracer.start_span("work", record_exception=False, set_status_on_exception=False)
    with pytest.raises(ZeroDivisionError), span:
        _ = 1 // 0
    (read,) = delivered()
    assert not read.events
    assert read.status.is_unset


def test_status_follows_the_rules_of_opentelemetry(span: Span, delivered: Delivered) -> None:
    """UNSET changes nothing, OK is final."""
    span.set_status(Status(StatusCode.ERROR, "first"))
    span.set_status(StatusCode.UNSET)
    span.set_status(StatusCode.OK, "no words for this one")
    span.set_status(StatusCode.ERROR, "too late")
    span.end()
    (read,) = delivered()
    assert (read.status.status_code, read.status.description) == (StatusCode.OK, None)
