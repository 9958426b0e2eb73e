"""Recording into memory."""

from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing
from tests.support.collector import Kept


@pytest.fixture(autouse=True)
def _no_standard_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out of them."""
    for name in ("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def tracing(kept: Kept) -> Iterator[Tracing]:
    """A running recorder that delivers into `kept`."""
    tracing = Tracing(TracingSettings(), destination=kept)
    tracing.start()
    yield tracing
    tracing.stop()


@pytest.fixture
def delivered(tracing: Tracing, kept: Kept) -> Callable[[], list[ReadableSpan]]:
    """Stops recording and gives what was recorded, in the order of the ends."""

    def stop() -> list[ReadableSpan]:
        tracing.stop()
        return kept.spans

    return stop
