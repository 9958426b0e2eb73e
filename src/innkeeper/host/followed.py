"""Which requests are to show the whole way that a request can go."""

from collections.abc import Callable
from time import monotonic_ns
from typing import Final

from innkeeper.settings import TracingSettings
from innkeeper.tracing import current
from innkeeper.tracing.bucket import TokenBucket

# More than a person makes, or the page, over some seconds.
_PER_SECOND: Final = 5
_AT_ONCE: Final = 50


class Followed:
    """Whether the current request is one that somebody follows by its trace.

    Under load, where traces are a sample of many, only some are: the others show what most requests
    do. Whoever has a sampler choose them wants to see what is, and not to change it.
    """

    def __init__(self, settings: TracingSettings, clock: Callable[[], int] = monotonic_ns) -> None:
        """`clock` in nanoseconds."""
        self._sampler = settings.sampler
        self._bucket = TokenBucket(_PER_SECOND, _AT_ONCE, clock)

    def __call__(self) -> bool:
        return self._sampler is None and current().is_recording() and self._bucket.take()
