"""Requests that show the whole way that one can go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from innkeeper.host.followed import Followed
from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing, activate, deactivate

SECOND = 1_000_000_000


@asynccontextmanager
async def traced(settings: TracingSettings) -> AsyncIterator[None]:
    """Within a request whose trace is kept."""
    async with Tracing(settings) as tracing:
        token = activate(tracing.tracer("frontend", "frontend-1").begin("GET"))
        try:
            yield
        finally:
            deactivate(token)


async def test_as_many_as_people_make() -> None:
    """Fifty at once are followed, then five a second: beyond that, traces show what is."""
    now = 0
    followed = Followed(TracingSettings(), clock=lambda: now)

    async with traced(TracingSettings()):
        assert sum(followed() for _ in range(1000)) == 50
        now = 2 * SECOND
        assert sum(followed() for _ in range(1000)) == 10


async def test_none_under_a_named_sampler() -> None:
    """Which requests are traced was decided by somebody who wants to see them as they are."""
    settings = TracingSettings(sampler="always_on")

    async with traced(settings):
        assert not Followed(settings)()


async def test_none_without_a_trace() -> None:
    """Nobody looks at a request that is not traced, and it uses nothing up."""
    followed = Followed(TracingSettings(), clock=lambda: 0)

    assert not any(followed() for _ in range(100))
    async with traced(TracingSettings()):
        assert followed()
