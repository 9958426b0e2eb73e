"""Which traces are kept.

By default every trace is kept while there are few, and then a number of them a second; what the
caller decided about its trace holds. At the edge, where callers may be anybody, those who ask for
their trace to be kept get that up to the same number once more. `OTEL_TRACES_SAMPLER` puts one of
the OpenTelemetry SDK's samplers in the place of all this; it is asked as seldom as possible.
"""

from collections.abc import Callable
from time import monotonic_ns
from typing import Final

from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    DEFAULT_OFF,
    DEFAULT_ON,
    ParentBasedTraceIdRatio,
    Sampler,
    TraceIdRatioBased,
)
from opentelemetry.trace import SpanContext, TraceFlags

from innkeeper.settings import TracingSettings
from innkeeper.tracing.bucket import TokenBucket

Decide = Callable[[], bool]
"""Whether the trace that begins now, or is asked for now, is kept."""

# The text of `Sampler.get_description()` is fixed by the OpenTelemetry specification.
_FOLLOWS_PARENT = (
    "remoteParentSampled:AlwaysOnSampler,remoteParentNotSampled:AlwaysOffSampler,"
    "localParentSampled:AlwaysOnSampler,localParentNotSampled:AlwaysOffSampler}"
)
# A person who looks at a quiet system, or a script that tries everything once, is well below.
_BURST_SECONDS: Final = 2
_SAMPLED: Final = TraceFlags.SAMPLED


class Sampling:
    """A sampler together with what is known beforehand about its answers."""

    __slots__ = (
        "_asked",
        "_kept_at",
        "admitted",
        "begun",
        "keeps_sampled",
        "keeps_unsampled",
        "kept",
        "refused",
        "root",
        "sampler",
    )

    def __init__(
        self, sampler: Sampler, *, root: Decide | None = None, asked: Decide | None = None
    ) -> None:
        """`root` decides about traces that begin here, where that is not left to the sampler;
        `asked` about those that callers from outside ask for, where not all are granted."""
        description = sampler.get_description()
        follows_parent = description.endswith(_FOLLOWS_PARENT)
        self.sampler = sampler
        self.root = root or _known_root(description)
        """Decides about traces that begin here; None where the sampler has to see the span."""
        self.keeps_sampled = follows_parent or description == "AlwaysOnSampler"
        """Whether the child of a sampled span is always sampled."""
        self.keeps_unsampled = follows_parent or description == "AlwaysOffSampler"
        """Whether the child of an unsampled span is never sampled."""
        self.begun = 0
        """Traces that began here and were left to the sampler."""
        self.kept = 0
        """How many of them are sampled."""
        self.admitted = 0
        """Traces that callers from outside asked for and got."""
        self.refused = 0
        """Traces that callers from outside asked for in vain."""
        self._asked = asked
        self._kept_at = 0

    def count(self, sampled: bool) -> int:
        """Note the decision on a trace that begins here.

        Gives how many traces a sampled one stands for: those since the last one that was sampled.
        """
        self.begun += 1
        if not sampled:
            return 0
        self.kept += 1
        count = self.begun - self._kept_at
        self._kept_at = self.begun
        return count

    def admit(self) -> bool:
        """Whether a caller from outside gets the trace that it asks for.

        Never under a sampler that was named, which decides alone.
        """
        if self._asked is None:
            return False
        granted = self._asked()
        self.admitted += granted
        self.refused += not granted
        return granted

    def admit_context(self, caller: SpanContext) -> SpanContext:
        """The context of a caller from outside, unsampled where it asks for too much."""
        if not caller.trace_flags & _SAMPLED or self._asked is None or self.admit():
            return caller
        flags = TraceFlags(caller.trace_flags & ~_SAMPLED)
        return SpanContext(caller.trace_id, caller.span_id, True, flags, caller.trace_state)

    @classmethod
    def chosen(
        cls, settings: TracingSettings, clock: Callable[[], int] = monotonic_ns
    ) -> "Sampling":
        """The sampler that is named, or one that keeps a number of traces a second."""
        if settings.sampler is not None:
            return cls(_named(settings.sampler, settings.sampled_ratio))
        rate = settings.traces_per_second
        burst = rate * _BURST_SECONDS
        return cls(
            DEFAULT_ON,
            root=TokenBucket(rate, burst, clock).take,
            asked=TokenBucket(rate, burst, clock).take,
        )


def _named(name: str, ratio: float) -> Sampler:
    match name:
        case "traceidratio":
            return TraceIdRatioBased(ratio)
        case "parentbased_traceidratio":
            return ParentBasedTraceIdRatio(ratio)
    return {
        "always_on": ALWAYS_ON,
        "always_off": ALWAYS_OFF,
        "parentbased_always_on": DEFAULT_ON,
        "parentbased_always_off": DEFAULT_OFF,
    }[name]


def _known_root(description: str) -> Decide | None:
    root = description.removeprefix("ParentBased{root:").partition(",")[0]
    return {"AlwaysOnSampler": _always, "AlwaysOffSampler": _never}.get(root)


def _always() -> bool:
    return True


def _never() -> bool:
    return False
