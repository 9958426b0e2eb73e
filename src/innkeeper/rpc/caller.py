"""What a call of a stub has around it, whichever path carries it: span, trace context, metrics."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any

from grpc import StatusCode
from opentelemetry.trace import Span as ApiSpan
from opentelemetry.trace import SpanKind, Status
from opentelemetry.trace import StatusCode as SpanStatus

from innkeeper.metrics import Metrics
from innkeeper.rpc.status import RpcError
from innkeeper.tracing import Tracer
from innkeeper.tracing.propagation import headers
from innkeeper.tracing.span import Span

_OK = StatusCode.OK.name
_STATUS = "rpc.response.status_code"
_ENDPOINTS = 1024


class Caller:
    """Records the calls that one role makes."""

    def __init__(self, role: str, tracer: Tracer, metrics: Metrics) -> None:
        self.role = role
        self._tracer = tracer
        self._metrics = metrics
        self._methods: dict[str, Method] = {}

    def begin(self, method: str) -> "Record":
        """Start the record of a call of a method such as `innkeeper.geo.v1.Geo/Nearby`."""
        called = self._methods.get(method)
        if called is None:
            called = self._methods[method] = Method(self.role, method, self._metrics)
        return Record(called, self._tracer.begin(method, SpanKind.CLIENT, attributes=called.begun))

    def declare(self, method: str) -> None:
        """A method may be called: its figures are shown from now on."""
        self._metrics.declare_client(self.role, [method])


class Method:
    """What the calls that a role makes of one method have in common."""

    __slots__ = ("_metrics", "_name", "_role", "answered", "begun")

    def __init__(self, role: str, name: str, metrics: Metrics) -> None:
        self._role = role
        self._name = name
        self._metrics = metrics
        self.begun = {"rpc.system.name": "grpc", "rpc.method": name}
        """The attributes of a call's span from its beginning."""
        self.answered = metrics.client_calls(role, name, _OK)
        """The seconds of calls that ended well."""

    def failed(self, code: str, seconds: float) -> None:
        """Count a call that ended with a status other than OK."""
        self._metrics.client_calls(self._role, self._name, code).observe(seconds)

    def retried(self, attempts: int) -> None:
        """Count the attempts of a call beyond its first."""
        self._metrics.client_retries(self._role, self._name, attempts)


class Record:
    """One call from its start to its status."""

    __slots__ = ("_method", "attempts", "batch", "span", "started")

    def __init__(self, method: Method, span: ApiSpan) -> None:
        self._method = method
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
        if error is not None:
            self._failed(address, error.code(), str(error))
            return
        self._method.answered.observe(perf_counter() - self.started)
        self._note_way(address, _OK)
        self.span.end()

    def cancelled(self, address: str | None) -> None:
        """The caller gave up."""
        self._failed(address, StatusCode.CANCELLED, "cancelled by the caller")

    def _failed(self, address: str | None, code: StatusCode, details: str) -> None:
        self._method.failed(code.name, perf_counter() - self.started)
        self._note_way(address, code.name)
        self.span.set_attribute("error.type", code.name)
        self.span.set_status(Status(SpanStatus.ERROR, details))
        self.span.end()

    def _note_way(self, address: str | None, code: str) -> None:
        """Note what the call took to its end."""
        span = self.span
        if type(span) is Span:
            span.note(_ended(address, code))
            if self.batch:
                span.set_attribute("innkeeper.rpc.batch", self.batch)
            if self.attempts > 1:
                span.set_attribute("innkeeper.rpc.attempts", self.attempts)
        if self.attempts > 1:
            self._method.retried(self.attempts - 1)


@lru_cache(_ENDPOINTS)
def _ended(address: str | None, code: str) -> Mapping[str, str | int]:
    """The attributes of a call that ended at an endpoint with a status."""
    attributes: dict[str, str | int] = {_STATUS: code}
    if address is not None:
        host, _, port = address.rpartition(":")
        attributes["server.address"] = host
        if port.isdecimal():
            attributes["server.port"] = int(port)
    return attributes
