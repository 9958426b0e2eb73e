"""Which traces are kept: the samplers of the OpenTelemetry SDK, asked as seldom as possible."""

from opentelemetry.sdk.trace import sampling
from opentelemetry.sdk.trace.sampling import Sampler

# The text of `Sampler.get_description()` is fixed by the OpenTelemetry specification.
_FOLLOWS_PARENT = (
    "remoteParentSampled:AlwaysOnSampler,remoteParentNotSampled:AlwaysOffSampler,"
    "localParentSampled:AlwaysOnSampler,localParentNotSampled:AlwaysOffSampler}"
)


class Sampling:
    """A sampler together with what is known beforehand about its answers for child spans."""

    __slots__ = ("begun", "keeps_sampled", "keeps_unsampled", "kept", "sampler")

    def __init__(self, sampler: Sampler) -> None:
        description = sampler.get_description()
        follows_parent = description.endswith(_FOLLOWS_PARENT)
        self.sampler = sampler
        self.keeps_sampled = follows_parent or description == "AlwaysOnSampler"
        """Whether the child of a sampled span is always sampled."""
        self.keeps_unsampled = follows_parent or description == "AlwaysOffSampler"
        """Whether the child of an unsampled span is never sampled."""
        self.begun = 0
        """Traces that began here."""
        self.kept = 0
        """How many of them are sampled."""

    def count(self, sampled: bool) -> None:
        """Note the decision on a trace that begins here."""
        self.begun += 1
        self.kept += sampled

    @classmethod
    def from_standard_variables(cls) -> "Sampling":
        """As `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` say, read by the SDK's own code.

        Without them every trace is kept, unless the caller's headers say otherwise.
        """
        return cls(sampling._get_from_env_or_default())
