"""Which span is current. It is the OpenTelemetry context, so users' own spans nest with ours."""

from contextvars import Token
from enum import Enum
from typing import Final

from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import NonRecordingSpan, Span, get_current_span, set_span_in_context

from innkeeper.tracing.propagation import UNSAMPLED


class Ambient(Enum):
    """Stands for "whichever span is current" where None means "no parent at all"."""

    CURRENT = "current"


CURRENT: Final = Ambient.CURRENT

UNSAMPLED_SPAN: Final = NonRecordingSpan(UNSAMPLED)
"""Stands for every span of the requests that are not sampled and whose callers named no trace."""
_BELOW_UNSAMPLED: Final = set_span_in_context(UNSAMPLED_SPAN, Context())


def activate(span: Span) -> Token[Context]:
    """Make a span the current one for this task and the tasks started from it.

    Hand the token to `deactivate` in the same task.
    """
    if span is UNSAMPLED_SPAN and not get_current():
        return attach(_BELOW_UNSAMPLED)
    return attach(set_span_in_context(span))


def deactivate(token: Token[Context]) -> None:
    """Bring back the span that was current before `activate`."""
    detach(token)


def current() -> Span:
    """The current span; the invalid one, which ignores everything, when there is none."""
    context = get_current()
    return UNSAMPLED_SPAN if context is _BELOW_UNSAMPLED else get_current_span(context)
