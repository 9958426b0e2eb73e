"""A span for each HTTP request, and headers that lead from the answer to its trace."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from time import time_ns
from typing import Any

from opentelemetry.trace import Span as ApiSpan
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.util.types import AnyValue

from innkeeper.tracing.context import activate, deactivate
from innkeeper.tracing.propagation import extract
from innkeeper.tracing.span import Span, type_name
from innkeeper.tracing.tracer import Tracer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Methods that may stand in a span's name; a caller can make up others without end.
_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY")
)
_NO_ROUTE = (404, 405)
_TRACE_HEADERS = frozenset((b"traceparent", b"tracestate", b"b3"))
# What a caller writes into a request may be tens of kB, and thousands of spans may wait.
_LONGEST = 1024


def not_probes(path: str) -> bool:
    """Everything but what probes ask all the time."""
    return path not in ("/healthz", "/readyz")


class TracingMiddleware:
    """Traces the requests of an ASGI application, as OpenTelemetry's HTTP conventions say.

    A sampled answer carries `Server-Timing` with the duration and the `traceparent`, and
    `Link: <…/trace/ID>; rel="trace"` where traces can be read.

    A caller may continue a trace of its own with `traceparent`, or ask for one to be kept with
    `b3: 1` (as in Zipkin's propagation, where the decision may stand alone). Sampling limits both.
    """

    def __init__(
        self,
        application: Application,
        tracer: Tracer,
        traces_url: str | None,
        *,
        traced: Callable[[str], bool] = not_probes,
    ) -> None:
        """`traces_url` is the base of the trace pages; `traced` picks the paths to trace."""
        self._application = application
        self._tracer = tracer
        self._traces_url = traces_url
        self._traced = traced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._traced(scope["path"]):
            await self._application(scope, receive, send)
            return
        span = self._begin(scope)
        token = activate(span)
        try:
            if type(span) is Span:
                await self._recorded(span, scope, receive, send)
            else:
                await self._application(scope, receive, send)
        finally:
            deactivate(token)
            span.end()

    def _begin(self, scope: Scope) -> ApiSpan:
        tracer = self._tracer
        sampling = tracer.origin.sampling
        method = scope["method"]
        name = method if method in _METHODS else "HTTP"
        attributes = partial(_attributes, scope)
        parent = None
        if headers := _trace_headers(scope):
            parent = extract(headers.get(b"traceparent"), headers.get(b"tracestate"))
            if parent is not None:
                parent = sampling.admit_context(parent)
            elif headers.get(b"b3") == "1" and sampling.admit():
                return tracer.begin_kept(name, SpanKind.SERVER, attributes)
        return tracer.begin(name, SpanKind.SERVER, parent, attributes)

    async def _recorded(self, span: Span, scope: Scope, receive: Receive, send: Send) -> None:
        started = time_ns()
        status = 0
        failure: Exception | None = None

        def observe(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {
                    **message,
                    "headers": [*message.get("headers", ()), *self._leading(span, started)],
                }
            return send(message)

        try:
            await self._application(scope, receive, observe)
        except Exception as error:
            # The server that runs us answers for the application.
            failure, status = error, status or 500
            raise
        finally:
            _note_answer(span, scope, status)
            _note_failure(span, status, failure)

    def _leading(self, span: Span, started: int) -> list[tuple[bytes, bytes]]:
        """The headers that lead from the answer to its trace."""
        milliseconds = (time_ns() - started) / 1e6
        timing = f'total;dur={milliseconds:.1f}, traceparent;desc="{span.traceparent()}"'
        headers = [(b"server-timing", timing.encode())]
        if self._traces_url is not None:
            link = f'<{self._traces_url}/trace/{span.trace_id}>; rel="trace"'
            headers.append((b"link", link.encode()))
        return headers


def _trace_headers(scope: Scope) -> dict[bytes, str]:
    """What the caller says about its trace, by lower-case name; list headers are joined."""
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name not in _TRACE_HEADERS:
            continue
        text = value.decode("latin-1")
        if name in headers:
            # Two parents are none: which one is meant cannot be told.
            text = f"{headers[name]},{text}" if name == b"tracestate" else ""
        headers[name] = text
    return headers


def _attributes(scope: Scope) -> dict[str, AnyValue]:
    method = scope["method"]
    attributes: dict[str, AnyValue] = {
        "http.request.method": method if method in _METHODS else "_OTHER",
        "url.path": scope["path"][:_LONGEST],
        "url.scheme": scope.get("scheme", "http"),
        "network.protocol.version": scope.get("http_version", "1.1"),
    }
    if method not in _METHODS:
        attributes["http.request.method_original"] = method[:_LONGEST]
    if query := scope.get("query_string"):
        attributes["url.query"] = query[:_LONGEST].decode("latin-1")
    if client := scope.get("client"):
        attributes["client.address"] = client[0]
    for header, value in scope["headers"]:
        if header == b"user-agent":
            attributes["user_agent.original"] = value[:_LONGEST].decode("latin-1")
    if server := scope.get("server"):
        attributes["server.address"] = server[0]
        if server[1] is not None:
            attributes["server.port"] = server[1]
    return attributes


def _note_answer(span: Span, scope: Scope, status: int) -> None:
    if not status:
        return
    span.set_attribute("http.response.status_code", status)
    if status not in _NO_ROUTE:
        # Litestar puts the template there; elsewhere an answered path is a route of its own.
        route = scope.get("path_template") or scope["path"][:_LONGEST]
        span.set_attribute("http.route", route)
        method = scope["method"] if scope["method"] in _METHODS else "HTTP"
        span.update_name(f"{method} {route}")


def _note_failure(span: Span, status: int, failure: Exception | None) -> None:
    if failure is not None:
        span.record_exception(failure, escaped=True)
        span.set_attribute("error.type", type_name(failure))
        span.set_status(StatusCode.ERROR, f"{type(failure).__name__}: {failure}")
    elif status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)
    elif not status:
        # The client left before there was an answer.
        span.set_attribute("error.type", "cancelled")
