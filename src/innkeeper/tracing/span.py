"""The span of this runtime: what happened and when, noted down with as little work as possible.

Everything that costs time (checking values, cutting long ones, encoding) happens in the
background, in `readable.py`, once the span has ended and can no longer change.
"""

import traceback
from collections.abc import Mapping
from time import time_ns
from types import TracebackType

from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Span as ApiSpan
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AnyValue, Attributes

from innkeeper.tracing.ids import new_span_id
from innkeeper.tracing.origin import Origin
from innkeeper.tracing.values import SCALARS, Event, Link, bounded, snapshot


class Span(ApiSpan):
    """A sampled span. After `end` it is immutable: every further call is ignored.

    Limits on the number of attributes, events and links are the SDK's; beyond them the oldest
    goes, and how many went is exported.
    """

    __slots__ = (
        "attributes",
        "end_time",
        "flags",
        "kind",
        "name",
        "origin",
        "parent_id",
        "parent_is_remote",
        "scope",
        "span_id",
        "start_time",
        "trace_id",
        "trace_state",
    )

    # What few spans have is no slot: it would have to be filled in for every span.
    _context: SpanContext | None = None
    status: Status | None = None
    events: list[Event] | None = None
    links: list[Link] | None = None
    dropped_attributes: int = 0
    dropped_events: int = 0
    dropped_links: int = 0
    notes_exceptions: bool = True
    """Whether leaving the span's `with` block by an exception records it."""
    fails_on_exceptions: bool = True
    """Whether it also sets the status to ERROR."""

    def __init__(
        self,
        origin: Origin,
        scope: InstrumentationScope,
        name: str,
        kind: SpanKind,
        trace_id: str,
        parent_id: str | None,
        parent_is_remote: bool,
        flags: TraceFlags,
        trace_state: TraceState | None,
        attributes: dict[str, AnyValue],
        start_time: int | None = None,
    ) -> None:
        """Only a tracer calls this. The span keeps and changes the `attributes` it is handed; ids
        are in hexadecimal."""
        self.origin = origin
        self.scope = scope
        self.name = name
        self.kind = kind
        self.trace_id = trace_id
        self.span_id = new_span_id()
        self.parent_id = parent_id
        self.parent_is_remote = parent_is_remote
        self.flags = flags
        self.trace_state = trace_state
        self.attributes = attributes
        self.start_time = time_ns() if start_time is None else start_time
        self.end_time: int | None = None

    def get_span_context(self) -> SpanContext:
        context = self._context
        if context is None:
            context = self._context = SpanContext(
                int(self.trace_id, 16), int(self.span_id, 16), False, self.flags, self.trace_state
            )
        return context

    def traceparent(self) -> str:
        """The header that makes the receiver's spans children of this one."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    def is_recording(self) -> bool:
        return self.end_time is None

    def set_attribute(self, key: str, value: AnyValue) -> None:
        if self.end_time is not None:
            return
        if type(value) not in SCALARS:
            value = snapshot(value)
        self.attributes[key] = value
        self._drop_oldest()

    def set_attributes(self, attributes: Mapping[str, AnyValue]) -> None:
        for key, value in attributes.items():
            self.set_attribute(key, value)

    def note(self, attributes: Mapping[str, AnyValue]) -> None:
        """Set attributes whose values are taken as they are: str, bool, int and float only."""
        if self.end_time is None:
            self.attributes.update(attributes)
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        attributes = self.attributes
        while len(attributes) > self.origin.limits.attributes:
            del attributes[next(iter(attributes))]
            self.dropped_attributes += 1

    def add_event(
        self, name: str, attributes: Attributes = None, timestamp: int | None = None
    ) -> None:
        if self.end_time is not None:
            return
        if self.events is None:
            self.events = []
        elif len(self.events) >= self.origin.limits.events:
            del self.events[0]
            self.dropped_events += 1
        kept, dropped = bounded(attributes, self.origin.limits.event_attributes)
        self.events.append(
            Event(name, time_ns() if timestamp is None else timestamp, kept, dropped)
        )

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        if self.end_time is not None or not (context.is_valid or attributes or context.trace_state):
            return
        if self.links is None:
            self.links = []
        elif len(self.links) >= self.origin.limits.links:
            del self.links[0]
            self.dropped_links += 1
        self.links.append(Link(context, *bounded(attributes, self.origin.limits.link_attributes)))

    def update_name(self, name: str) -> None:
        if self.end_time is None:
            self.name = name

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """As OpenTelemetry rules: OK is final, UNSET changes nothing, the last ERROR wins."""
        if self.end_time is not None:
            return
        if isinstance(status, StatusCode):
            status = Status(status, description if status is StatusCode.ERROR else None)
        if status.is_unset or (self.status and self.status.status_code is StatusCode.OK):
            return
        self.status = status

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Note an exception, with its traceback, as an event. The status is left as it is."""
        if self.end_time is not None:
            return
        noted: dict[str, AnyValue] = {
            "exception.type": type_name(exception),
            "exception.message": str(exception),
            "exception.stacktrace": "".join(traceback.format_exception(exception)),
            "exception.escaped": str(escaped),
        }
        noted.update(attributes or {})
        self.add_event("exception", noted, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """Finish the span and queue it for delivery. Only the first call counts."""
        if self.end_time is None:
            self.end_time = time_ns() if end_time is None else end_time
            self.origin.record(self)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        if exc_val is not None:
            if self.notes_exceptions:
                self.record_exception(exc_val, escaped=True)
            if self.fails_on_exceptions:
                self.set_status(StatusCode.ERROR, f"{type(exc_val).__name__}: {exc_val}")
        self.end()


def type_name(exception: BaseException) -> str:
    """The name that telemetry knows an exception by, such as `asyncio.QueueFull`."""
    kind = type(exception)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
