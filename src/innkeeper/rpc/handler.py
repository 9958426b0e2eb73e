"""What a service's method has around it, whichever path brings the call: deadline, span, errors.

A handler gets the request and a context that offers what `grpc.aio.ServicerContext` does; it does
not know whether that is grpc's own or one of ours.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from time import monotonic, perf_counter
from typing import Any

from grpc import StatusCode
from grpc.aio import AbortError, AioRpcError
from opentelemetry.trace import Span, Status
from opentelemetry.trace import StatusCode as SpanStatus

from innkeeper import errors
from innkeeper.metrics import Metrics, Series
from innkeeper.rpc import deadline
from innkeeper.rpc.status import code_of, relayed, trailers_of
from innkeeper.tracing import Tracer, activate

_LOG = logging.getLogger(__name__)
_BY_NUMBER = {code.value[0]: code for code in StatusCode}
# Statuses that are the server's own failure, as OpenTelemetry's conventions for gRPC name them.
_FAILURES = frozenset(
    {
        StatusCode.UNKNOWN,
        StatusCode.DEADLINE_EXCEEDED,
        StatusCode.UNIMPLEMENTED,
        StatusCode.INTERNAL,
        StatusCode.UNAVAILABLE,
        StatusCode.DATA_LOSS,
    }
)


class Handler:
    """One unary method of a service."""

    fault: Callable[[], Awaitable[None]] | None = None
    """Comes before each call where something is to go wrong on purpose."""

    def __init__(
        self,
        behaviour: Callable[[Any, Any], Awaitable[Any]],
        decode: Callable[[bytes], Any],
        encode: Callable[[Any], bytes],
        method: str,
        role: str,
        tracer: Tracer,
        metrics: Metrics,
    ) -> None:
        """`decode` and `encode` are for its messages; `method` is such as
        `innkeeper.geo.v1.Geo/Nearby`."""
        self.decode = decode
        self.encode = encode
        self._behaviour = behaviour
        self._method = method
        self._role = role
        self._tracer = tracer
        self._metrics = metrics
        self._attributes = {"rpc.system.name": "grpc", "rpc.method": method}
        self._answered = metrics.server_calls(role, method, StatusCode.OK.name)
        self.under_way = 0
        """Calls that it is carrying out."""
        self.waits = False
        """Whether the last call had to wait for something."""

    async def __call__(self, request: Any, context: Any) -> Any:
        """Carry out one call that grpc brought, in the task that it made for it.

        Raises:
            AbortError: the call ended with another status than OK; `context` holds it.
        """
        left = context.time_remaining()
        metadata = dict(context.invocation_metadata() or ())
        return await self.carry_out(
            request, context, None if left is None else monotonic() + left, metadata
        )

    async def carry_out(
        self, request: Any, context: Any, by: float | None, metadata: Mapping[str, Any]
    ) -> Any:
        """Carry out one call, to end `by` a time on the monotonic clock. The context variables are
        the call's own.

        Raises:
            AbortError: the call ended with another status than OK; `context` holds it.
        """
        started = perf_counter()
        deadline.begin(by)
        span = self._tracer.begin_called(
            self._method,
            metadata.get("traceparent"),
            metadata.get("tracestate"),
            self._attributes,
        )
        # For good: the context variables are given up with the call.
        activate(span)
        code, details = StatusCode.CANCELLED, "cancelled by the caller"
        self.under_way += 1
        try:
            if by is not None and by <= monotonic():
                raise errors.TooLate("the deadline had passed")
            if self.fault is not None:
                await self.fault()
            response = await self._behaviour(request, context)
            code, details = _status(context), ""
            return response
        except AbortError:
            code, details = _status(context), _text(context.details() or "")
            raise
        except Exception as error:
            code, details, trailing = self._status_of(error)
            await context.abort(code, details, tuple(trailing))
            raise AssertionError("abort returned") from None
        finally:
            self.under_way -= 1
            self._series(code).observe(perf_counter() - started)
            if span.is_recording():
                _end(span, code, details)

    def _series(self, code: StatusCode) -> Series:
        """Where calls with this status are counted."""
        if code is StatusCode.OK:
            return self._answered
        return self._metrics.server_calls(self._role, self._method, code.name)

    def _status_of(
        self, error: Exception
    ) -> tuple[StatusCode, str, Iterable[tuple[str, str | bytes]]]:
        """Code, details and trailing metadata for what the behaviour raised."""
        if isinstance(error, AioRpcError):
            return error.code(), error.details() or "", relayed(error.trailing_metadata())
        if isinstance(error, errors.Error):
            return code_of(error), str(error), trailers_of(error)
        _LOG.exception("%s failed", self._method)
        return StatusCode.INTERNAL, f"{self._role} failed; its log says why", ()


def _status(context: Any) -> StatusCode:
    """The status that a context holds; grpc's own keeps a number."""
    code = context.code()
    return code if isinstance(code, StatusCode) else _BY_NUMBER.get(code, StatusCode.OK)


def _text(details: str | bytes) -> str:
    return details.decode(errors="replace") if isinstance(details, bytes) else details


def _end(span: Span, code: StatusCode, details: str) -> None:
    # An enumeration's names are dear to ask for.
    name = "OK" if code is StatusCode.OK else code.name
    span.set_attribute("rpc.response.status_code", name)
    if name != "OK" and code in _FAILURES:
        span.set_attribute("error.type", code.name)
        span.set_status(Status(SpanStatus.ERROR, details))
    span.end()
