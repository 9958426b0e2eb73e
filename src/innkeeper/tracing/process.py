"""The tracing of one process, from the first span to the last one delivered."""

import asyncio
import atexit
import os
from types import TracebackType
from typing import Self

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from innkeeper.errors import CannotStart
from innkeeper.settings import Settings, TracingSettings
from innkeeper.tracing.export import otlp
from innkeeper.tracing.origin import Limits, Origin
from innkeeper.tracing.provider import TracerProvider
from innkeeper.tracing.recorder import Destination, Recorder, Statistics
from innkeeper.tracing.sampling import Sampling
from innkeeper.tracing.silent import SilentTracer
from innkeeper.tracing.tracer import Tracer

_STOP_LIMIT = 1.0
_SCOPE = InstrumentationScope("innkeeper")


class Tracing:
    """Records the spans of all services in this process and delivers them to one collector.

    An async context manager. `start` and `stop` are for programs without a loop.
    """

    def __init__(
        self,
        settings: TracingSettings,
        *,
        namespace: str | None = "innkeeper",
        destination: Destination | None = None,
    ) -> None:
        """Read the standard variables and open the exporter, without connecting yet.

        Args:
            namespace: the system that the services belong to.
            destination: takes the place of the OTLP exporter.

        Raises:
            CannotStart: a standard variable has a value that cannot be meant.
        """
        self._namespace = namespace
        self._sampling = Sampling.chosen(settings)
        try:
            self._limits = Limits.from_standard_variables()
        except ValueError as error:
            raise CannotStart(str(error)) from error
        self._recorder: Recorder | None = None
        if not settings.disabled:
            self._recorder = Recorder(destination or otlp(settings, settings.protocol))
        self._is_home = True

    @property
    def sampling(self) -> Sampling:
        """The decisions about traces that begin here, and how many were kept."""
        return self._sampling

    def tracer(self, service: str, instance: str) -> Tracer:
        """The tracer of one service instance, such as geo and geo-1.

        `OTEL_RESOURCE_ATTRIBUTES` adds to what its spans say about it.
        """
        named = {"service.name": service, "service.instance.id": instance}
        resource = Resource.create(named)
        if self._namespace is not None:
            resource = Resource({"service.namespace": self._namespace}).merge(resource)
        if self._recorder is None:
            return SilentTracer(Origin(resource, self._sampling, lambda _: None), _SCOPE)
        origin = Origin(resource, self._sampling, self._recorder.record, self._limits)
        if self._is_home:
            self._is_home = False
            TracerProvider.install(origin)
        return Tracer(origin, _SCOPE)

    def statistics(self) -> Statistics:
        """What became of the spans that ended so far."""
        if self._recorder is None:
            return Statistics(recorded=0, waiting=0, delivered=0, dropped=0, lost=0)
        return self._recorder.statistics()

    def start(self) -> None:
        """Begin to deliver."""
        if self._recorder is not None:
            self._recorder.start()

    def stop(self) -> None:
        """Deliver what waits, for at most a second. Blocks; not for an event loop."""
        if self._recorder is not None:
            self._recorder.stop(_STOP_LIMIT)

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The collector may live on this very loop.
        await asyncio.to_thread(self.stop)


def init(service: str, instance: str | None = None) -> Tracer:
    """Trace a service of your own: one call at the start, no clean-up.

    Reads the environment as all of Innkeeper does, makes OpenTelemetry's own API record too, and
    delivers what is left when the program ends.

    Args:
        instance: tells the instances of the service apart; made from the process id when absent.

    Raises:
        CannotStart: a standard variable has a value that cannot be meant.
    """
    tracing = Tracing(Settings.from_environ().tracing, namespace=None)
    tracing.start()
    atexit.register(tracing.stop)
    return tracing.tracer(service, instance or f"{service}-{os.getpid()}")
