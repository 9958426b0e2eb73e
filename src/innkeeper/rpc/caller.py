"""What a call of a stub has around it, whichever path carries it: span, trace context, metrics."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from grpc import StatusCode
from opentelemetry.trace import Span, SpanKind, Status
from opentelemetry.trace import StatusCode as SpanStatus

from innkeeper.metrics import Metrics
from innkeeper.rpc.status import RpcError
from innkeeper.tracing import Tracer
from innkeeper.tracing.propagation import headers

_SYSTEM = "rpc.system.name"
_METHOD = "rpc.method"
_STATUS = "rpc.response.status_code"
_ERROR = "error.type"


class Caller:
    """Records the calls that one role makes."""

    def __init__(self, role: str, tracer: Tracer, metrics: Metrics) -> None:
        self.role = role
        self._tracer = tracer
        self._metrics = metrics

    def begin(self, method: str) -> "Record":
        """Start the record of a call of a method such as `innkeeper.geo.v1.Geo/Nearby`."""
        span = self._tracer.begin(
            method, SpanKind.CLIENT, attributes={_SYSTEM: "grpc", _METHOD: method}
        )
        return Record(self, method, span)

    def declare(self, method: str) -> None:
        """A method may be called: its figures are shown from now on."""
        self._metrics.declare_client(self.role, [method])

    def end(self, record: "Record", code: StatusCode) -> None:
        """Count a call that ended."""
        self._metrics.client_call(
            self.role, record.method, code.name, perf_counter() - record.started
        )
        if record.attempts > 1:
            self._metrics.client_retries(self.role, record.method, record.attempts - 1)


class Record:
    """One call from its start to its status."""

    __slots__ = ("_caller", "attempts", "batch", "method", "span", "started")

    def __init__(self, caller: Caller, method: str, span: Span) -> None:
        self._caller = caller
        self.method = method
        self.span = span
        self.started = perf_counter()
        self.attempts = 0
        self.batch = 0

    def metadata(self, own: Any = None) -> Sequence[tuple[str, Any]]:
        """The caller's metadata, if any, with the trace context added."""
        ours = headers(self.span)
        return (*own, *ours) if own else ours

    def end(self, address: str | None, error: RpcError | None = None) -> None:
        """The call ended, at this endpoint, with OK or an error."""
        code = StatusCode.OK if error is None else error.code()
        self._end(address, code, "" if error is None else str(error))

    def cancelled(self, address: str | None) -> None:
        """The caller gave up."""
        self._end(address, StatusCode.CANCELLED, "cancelled by the caller")

    def _end(self, address: str | None, code: StatusCode, details: str) -> None:
        span = self.span
        if span.is_recording():
            span.set_attribute(_STATUS, code.name)
            if self.attempts > 1:
                span.set_attribute("innkeeper.rpc.attempts", self.attempts)
            if self.batch:
                span.set_attribute("innkeeper.rpc.batch", self.batch)
            if address is not None:
                host, _, port = address.rpartition(":")
                span.set_attribute("server.address", host)
                if port.isdecimal():
                    span.set_attribute("server.port", int(port))
            if code is not StatusCode.OK:
                span.set_attribute(_ERROR, code.name)
                span.set_status(Status(SpanStatus.ERROR, details))
            span.end()
        self._caller.end(self, code)
