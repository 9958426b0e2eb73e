"""What `opentelemetry.trace.get_tracer(…)` hands to users' code."""

from opentelemetry import trace
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Span as ApiSpan
from opentelemetry.util.types import Attributes

from innkeeper.tracing.origin import Origin
from innkeeper.tracing.span import Span
from innkeeper.tracing.tracer import Tracer


class TracerProvider(trace.TracerProvider):
    """Leads users' spans through the recorder of this process."""

    def __init__(self, home: Origin) -> None:
        """`home` is the service that spans without a parent belong to."""
        self.home = home

    @classmethod
    def install(cls, home: Origin) -> None:
        """Make users' tracers record here. A provider that the user has set stays as it is."""
        # OpenTelemetry lets a process set its provider once; a later recorder moves in there.
        installed = trace.get_tracer_provider()
        if isinstance(installed, cls):
            installed.home = home
        elif isinstance(installed, trace.ProxyTracerProvider):
            trace.set_tracer_provider(cls(home))

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """As OpenTelemetry's API says."""
        return _UsersTracer(
            self,
            InstrumentationScope(
                instrumenting_module_name, instrumenting_library_version, schema_url, attributes
            ),
        )


class _UsersTracer(Tracer):
    """In a process of several services, a span belongs to the service of the span above it."""

    def __init__(self, provider: TracerProvider, scope: InstrumentationScope) -> None:
        super().__init__(provider.home, scope)
        self._provider = provider

    def _origin_below(self, above: ApiSpan) -> Origin:
        return above.origin if isinstance(above, Span) else self._provider.home
