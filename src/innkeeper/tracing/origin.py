"""What all spans of one service instance have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field
from sys import maxsize
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits

from innkeeper.tracing.sampling import Sampling

if TYPE_CHECKING:
    from innkeeper.tracing.span import Span


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one span may carry."""

    attributes: int = 128
    events: int = 128
    links: int = 128
    event_attributes: int = 128
    link_attributes: int = 128
    value_length: int | None = None
    """Characters of a text value; None for no limit."""

    @classmethod
    def from_standard_variables(cls) -> "Limits":
        """As `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` and its kin say, read by the SDK's own code.

        Raises:
            ValueError: a variable is not a number; the text names it.
        """
        limits = SpanLimits()

        def most(limit: int | None) -> int:
            return maxsize if limit is None else limit

        return cls(
            attributes=most(limits.max_span_attributes),
            events=most(limits.max_events),
            links=most(limits.max_links),
            event_attributes=most(limits.max_event_attributes),
            link_attributes=most(limits.max_link_attributes),
            value_length=limits.max_span_attribute_length,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A service instance as its spans name it, and where they go when they end."""

    resource: Resource
    sampling: Sampling
    record: Callable[["Span"], None]
    limits: Limits = field(default_factory=Limits)
