"""The figures of one process, under OpenTelemetry's names in Prometheus' form.

`rpc.server.call.duration` (in seconds) becomes `rpc_server_call_duration_seconds`; its `_count`
by status is the rate and the errors, its buckets the durations. See
https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/ and …/http/http-metrics/.
"""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest

from innkeeper.metrics.histogram import Histogram, Series
from innkeeper.metrics.reading import Read, Reading

# Those that the conventions advise, with finer ones below: a call on one machine takes less.
_SECONDS = (
    *(0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075),
    *(0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)
# Powers of two, beyond what a message of ours carries: other callers may send larger ones.
_CALLS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
# Those of the conventions. A caller can make up others without end; each would be series for ever.
_HTTP_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
)
_RPC_LABELS = ("role", "rpc_method", "rpc_response_status_code")
_HTTP_LABELS = ("role", "http_request_method", "http_route", "http_response_status_code")
RPC_CODES = (
    *("OK", "CANCELLED", "INVALID_ARGUMENT", "NOT_FOUND", "DEADLINE_EXCEEDED"),
    *("RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL"),
)
"""The statuses that our services end calls with."""


class Metrics:
    """Rate, errors and duration by role, and whatever other parts have to show.

    Belongs to the event loop's thread.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._server = self.histogram(
            "rpc_server_call_duration_seconds",
            "Duration of calls that a role has answered.",
            _RPC_LABELS,
            _SECONDS,
        )
        self._client = self.histogram(
            "rpc_client_call_duration_seconds",
            "Duration of calls that a role has made, retries included.",
            _RPC_LABELS,
            _SECONDS,
        )
        self._http = self.histogram(
            "http_server_request_duration_seconds",
            "Duration of HTTP requests that a role has answered.",
            _HTTP_LABELS,
            _SECONDS,
        )
        self._sent = self.histogram(
            "innkeeper_rpc_sent_batch_calls",
            "Calls and cancellations in a message to a service that is called.",
            ("service",),
            _CALLS,
        )
        self._received = self.histogram(
            "innkeeper_rpc_received_batch_calls",
            "Calls in a message that a role has received.",
            ("role",),
            _CALLS,
        )
        self._retries: dict[tuple[str, ...], float] = {}
        self.counter(
            "innkeeper_rpc_client_retries",
            "Attempts beyond the first of the calls that a role has made.",
            self._read_retries,
            ("role", "rpc_method"),
        )

    def server_calls(self, role: str, method: str, code: str) -> Series:
        """The seconds of calls that were answered with a status, such as `UNAVAILABLE`."""
        return self._server.series((role, method, code))

    def client_calls(self, role: str, method: str, code: str) -> Series:
        """The seconds of calls that were made and ended with a status, as their caller saw it."""
        return self._client.series((role, method, code))

    def http_request(self, role: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request. `route` is a template such as `/items`, never a raw path."""
        if method not in _HTTP_METHODS:
            method = "_OTHER"
        self._http.observe((role, method, route, str(status)), seconds)

    def client_retries(self, role: str, method: str, attempts: int) -> None:
        """Count the attempts of a call that were made beyond its first."""
        key = (role, method)
        self._retries[key] = self._retries.get(key, 0) + attempts

    def batch_sent(self, service: str, calls: int) -> None:
        """Count a message to an instance of a service, and what it carries."""
        self._sent.observe((service,), calls)

    def batch_received(self, role: str, calls: int) -> None:
        """Count a message that a role got, and the calls in it."""
        self._received.observe((role,), calls)

    def declare_server(
        self, role: str, methods: Iterable[str], codes: Iterable[str] = RPC_CODES
    ) -> None:
        """Show zeros for these methods from the start: a rate over what never was is no zero."""
        codes = tuple(codes)
        for method in methods:
            for code in codes:
                self._server.series((role, method, code))

    def declare_client(
        self, role: str, methods: Iterable[str], codes: Iterable[str] = RPC_CODES
    ) -> None:
        """Show zeros for these methods that the role calls."""
        codes = tuple(codes)
        for method in methods:
            self._retries.setdefault((role, method), 0)
            for code in codes:
                self._client.series((role, method, code))

    def declare_batches_sent(self, service: str) -> None:
        """Show zeros for messages to this service."""
        self._sent.series((service,))

    def declare_batches_received(self, role: str) -> None:
        """Show zeros for messages that this role gets."""
        self._received.series((role,))

    def declare_http(
        self,
        role: str,
        method: str,
        route: str,
        statuses: Iterable[int] = (200, 400, 500, 503, 504),
    ) -> None:
        """Show zeros for this route."""
        for status in statuses:
            self._http.series((role, method, route, str(status)))

    def gauge(self, name: str, documentation: str, read: Read, labels: Sequence[str] = ()) -> None:
        """Show a figure that goes up and down, read at every scrape.

        Raises:
            ValueError: the name is taken.
        """
        self.registry.register(Reading(GaugeMetricFamily, name, documentation, labels, read))

    def counter(
        self, name: str, documentation: str, read: Read, labels: Sequence[str] = ()
    ) -> None:
        """Show a figure that only grows; `_total` is added to the name.

        Raises:
            ValueError: the name is taken.
        """
        self.registry.register(Reading(CounterMetricFamily, name, documentation, labels, read))

    def histogram(
        self, name: str, documentation: str, labels: Sequence[str], bounds: Sequence[float]
    ) -> Histogram:
        """A distribution that its owner feeds by `observe`, such as the size of batches.

        Raises:
            ValueError: the name is taken.
        """
        histogram = Histogram(name, documentation, labels, bounds)
        self.registry.register(histogram)
        return histogram

    def render(self) -> bytes:
        """All figures in Prometheus' text format 0.0.4."""
        return generate_latest(self.registry)

    def _read_retries(self) -> Mapping[tuple[str, ...], float]:
        return self._retries
