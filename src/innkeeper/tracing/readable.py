"""Ended spans in the form that the SDK's exporters take. Runs in the background."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import AnyValue

from innkeeper.tracing.span import Span

_UNSET = Status()
_LEAST_INT, _MOST_INT = -(2**63), 2**63 - 1
_Item = TypeVar("_Item")


def readable(span: Span) -> ReadableSpan:
    """Convert a span, making sure that it can be encoded: a value that OTLP has no form for
    becomes its text."""
    length = span.origin.limits.value_length
    return ReadableSpan(
        name=_text(span.name, None),
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.origin.resource,
        attributes=_attributes(span.attributes, span.dropped_attributes, length),
        events=_counted(
            [
                Event(
                    _text(event.name, None),
                    _attributes(event.attributes, event.dropped_attributes, length),
                    event.time,
                )
                for event in span.events or ()
            ],
            span.dropped_events,
        ),
        links=_counted(
            [
                Link(link.context, _attributes(link.attributes, link.dropped_attributes, length))
                for link in span.links or ()
            ],
            span.dropped_links,
        ),
        kind=span.kind,
        status=_status(span.status),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.scope,
    )


def _attributes(
    given: Mapping[str, AnyValue], dropped: int, length: int | None
) -> Mapping[str, AnyValue]:
    attributes = {_text(key, None): _value(value, length) for key, value in given.items()}
    if not dropped:
        return attributes
    # Exporters read the number of dropped attributes off this type alone.
    counted = BoundedAttributes(attributes=attributes)
    counted.dropped = dropped
    return counted


def _counted(items: Sequence[_Item], dropped: int) -> Sequence[_Item]:
    if not dropped:
        return items
    counted: BoundedList[_Item] = BoundedList.from_seq(None, items)
    counted.dropped = dropped
    return counted


def _value(value: AnyValue, length: int | None) -> AnyValue:
    if isinstance(value, str):
        return _text(value, length)
    if isinstance(value, int):
        return value if _LEAST_INT <= value <= _MOST_INT else str(value)
    if isinstance(value, Mapping):
        return {_text(key, None): _value(inner, length) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_value(inner, length) for inner in value)
    return value


def _text(text: str, length: int | None) -> str:
    if length is not None:
        text = text[:length]
    # Half a surrogate pair, as undecodable file names have it, is no valid UTF-8.
    return text if text.isascii() else text.encode(errors="replace").decode()


def _status(status: Status | None) -> Status:
    if status is None:
        return _UNSET
    if status.description is None or status.description.isascii():
        return status
    return Status(status.status_code, _text(status.description, None))
