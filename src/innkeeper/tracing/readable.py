"""Ended spans in the form that the SDK's exporters take. Runs in the background."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, SpanContext, Status
from opentelemetry.util.types import AnyValue

from innkeeper.tracing.span import Span
from innkeeper.tracing.values import encodable, encodable_text

_UNSET = Status()
_Item = TypeVar("_Item")


def readable(span: Span) -> ReadableSpan:
    """Convert a span, making sure that it can be encoded: a value that OTLP has no form for
    becomes its text."""
    length = span.origin.limits.value_length
    return ReadableSpan(
        name=encodable_text(span.name, None),
        context=span.get_span_context(),
        parent=_parent(span),
        resource=span.origin.resource,
        attributes=_attributes(span.attributes, span.dropped_attributes, length),
        events=_counted(
            [
                Event(
                    encodable_text(event.name, None),
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


def _parent(span: Span) -> SpanContext | None:
    if span.parent_id is None:
        return None
    ids = int(span.trace_id, 16), int(span.parent_id, 16)
    return SpanContext(*ids, span.parent_is_remote, span.flags, span.trace_state)


def _attributes(
    given: Mapping[str, AnyValue], dropped: int, length: int | None
) -> Mapping[str, AnyValue]:
    attributes = {
        encodable_text(key, None): encodable(value, length) for key, value in given.items()
    }
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


def _status(status: Status | None) -> Status:
    if status is None:
        return _UNSET
    if status.description is None or status.description.isascii():
        return status
    return Status(status.status_code, encodable_text(status.description, None))
