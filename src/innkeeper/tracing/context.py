"""Which span is current. It is the OpenTelemetry context, so users' own spans nest with ours."""

from contextvars import Token
from enum import Enum
from typing import Final

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Span, get_current_span, set_span_in_context


class Ambient(Enum):
    """Stands for "whichever span is current" where None means "no parent at all"."""

    CURRENT = "current"


CURRENT: Final = Ambient.CURRENT


def activate(span: Span) -> Token[Context]:
    """Make a span the current one for this task and the tasks started from it.

    Hand the token to `deactivate` in the same task.
    """
    return attach(set_span_in_context(span))


def deactivate(token: Token[Context]) -> None:
    """Bring back the span that was current before `activate`."""
    detach(token)


def current() -> Span:
    """The current span; the invalid one, which ignores everything, when there is none."""
    return get_current_span()
