"""Which span is current, in tasks and out of them."""

import asyncio

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from innkeeper.tracing import activate, current, deactivate


def stand_in(number: int) -> NonRecordingSpan:
    return NonRecordingSpan(SpanContext(number, number, False, TraceFlags(0)))


def test_it_is_the_context_of_opentelemetry() -> None:
    """What is activated here is what the API gives, and the other way round."""
    token = activate(stand_in(1))
    assert trace.get_current_span() is current()
    with trace.use_span(inner := stand_in(2)):
        assert current() is inner
    deactivate(token)
    assert current() is trace.INVALID_SPAN


async def test_tasks_keep_to_themselves() -> None:
    """A task inherits the span it was begun under, and its own choice stays its own."""

    async def work() -> tuple[trace.Span, trace.Span]:
        inherited = current()
        activate(stand_in(2))
        await asyncio.sleep(0)
        return inherited, current()

    outer = stand_in(1)
    token = activate(outer)
    (inherited, own), _ = await asyncio.gather(work(), work())
    assert inherited is outer
    assert own is not outer
    assert current() is outer
    deactivate(token)
