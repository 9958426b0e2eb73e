"""What a service's method has around it, whichever path brings the call: deadline, span, errors.

A handler gets the request and a context that offers what `grpc.aio.ServicerContext` does; it does
not know whether that is grpc's own or one of ours.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, NoReturn

from grpc import StatusCode
from grpc.aio import AbortError, AioRpcError
from opentelemetry.trace import Span, SpanKind, Status
from opentelemetry.trace import StatusCode as SpanStatus

from innkeeper import errors
from innkeeper.metrics import Metrics
from innkeeper.rpc import deadline
from innkeeper.rpc.status import code_of, relayed, trailers_of
from innkeeper.tracing import Tracer, activate, deactivate, extract

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
        self.under_way = 0
        """Calls that it is carrying out."""

    async def __call__(self, request: Any, context: Any) -> Any:
        """Carry out one call in the task it has for itself.

        Raises:
            AbortError: the call ended with another status than OK; `context` holds it.
        """
        started = perf_counter()
        deadline.begin(context.time_remaining())
        metadata = {key: value for key, value in context.invocation_metadata() or ()}
        span = self._tracer.begin(
            self._method,
            SpanKind.SERVER,
            parent=extract(metadata.get("traceparent"), metadata.get("tracestate")),
            attributes=self._attributes,
        )
        token = activate(span)
        code, details = StatusCode.CANCELLED, "cancelled by the caller"
        self.under_way += 1
        try:
            response = await self._guarded(request, context)
            code, details = _status(context), ""
            return response
        except AbortError:
            code, details = _status(context), context.details() or ""
            raise
        finally:
            self.under_way -= 1
            deactivate(token)
            self._metrics.server_call(self._role, self._method, code.name, perf_counter() - started)
            _end(span, code, _text(details))

    async def _guarded(self, request: Any, context: Any) -> Any:
        """Run the behaviour; what it raises becomes the status of the call."""
        left = deadline.remaining()
        if left is not None and left <= 0:
            await _abort(context, StatusCode.DEADLINE_EXCEEDED, "the deadline had passed")
        try:
            if self.fault is not None:
                await self.fault()
            return await self._behaviour(request, context)
        except (AbortError, asyncio.CancelledError):
            raise
        except AioRpcError as error:
            await _abort(
                context, error.code(), error.details() or "", relayed(error.trailing_metadata())
            )
        except errors.Error as error:
            await _abort(context, code_of(error), str(error), trailers_of(error))
        except Exception:
            _LOG.exception("%s failed", self._method)
            await _abort(context, StatusCode.INTERNAL, f"{self._role} failed; its log says why")


async def _abort(
    context: Any,
    code: StatusCode,
    details: str,
    trailing: Iterable[tuple[str, str | bytes]] = (),
) -> NoReturn:
    await context.abort(code, details, tuple(trailing))
    raise AssertionError("abort returned")


def _status(context: Any) -> StatusCode:
    """The status that a context holds; grpc's own keeps a number."""
    code = context.code()
    return code if isinstance(code, StatusCode) else _BY_NUMBER.get(code, StatusCode.OK)


def _text(details: str | bytes) -> str:
    return details.decode(errors="replace") if isinstance(details, bytes) else details


def _end(span: Span, code: StatusCode, details: str) -> None:
    if not span.is_recording():
        return
    span.set_attribute("rpc.response.status_code", code.name)
    if code in _FAILURES:
        span.set_attribute("error.type", code.name)
        span.set_status(Status(SpanStatus.ERROR, details))
    span.end()
