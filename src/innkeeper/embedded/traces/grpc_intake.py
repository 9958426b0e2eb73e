"""OTLP over gRPC."""

import asyncio
import errno
import time
from collections.abc import Callable
from typing import Self

import grpc
import grpc.aio
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from innkeeper.embedded.traces.intake import (
    BUSY,
    MAX_REQUESTS_AT_ONCE,
    RETRY_SECONDS,
    Intake,
    parse,
)
from innkeeper.errors import BadInput

MAX_REQUEST_BYTES = 4 * 1024 * 1024
"""Longest request, decompressed: Jaeger's default, which is gRPC's."""

_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
_GRACE_SECONDS = 0.5

EXPORT = f"{_SERVICE}/Export"
"""The method as metrics name it."""

ObserveCall = Callable[[str, str, float], None]
"""Takes the method, the name of the status and the seconds of a call."""


def unobserved_call(method: str, code: str, seconds: float) -> None:
    """For an intake that nobody asks how it does."""


class GrpcIntake:
    """A gRPC server with OTLP's TraceService, running while its context is entered."""

    def __init__(
        self,
        intake: Intake,
        host: str,
        port: int,
        observe: ObserveCall = unobserved_call,
    ) -> None:
        """`observe` is told of each call but those that gRPC refuses by itself, for their size."""
        self._intake = intake
        self._observe = observe
        self._host = host
        self._port = port
        self._at_once = 0

    @property
    def port(self) -> int:
        """The port listened on; known once entered."""
        return self._port

    async def __aenter__(self) -> Self:
        """Start listening.

        Raises:
            OSError: the port is taken, or the host is not this machine's.
        """
        self._server = grpc.aio.server(
            options=[
                # With the default of 1 a second process would share the port in silence.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
            ]
        )
        # Requests stay bytes up to the handler, which can say what is wrong with them; a
        # deserializer that fails would log a traceback and answer INTERNAL.
        export: grpc.RpcMethodHandler[bytes, ExportTraceServiceResponse] = (
            grpc.unary_unary_rpc_method_handler(
                self._observed_export,
                response_serializer=ExportTraceServiceResponse.SerializeToString,
            )
        )
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(_SERVICE, {"Export": export}),)
        )
        try:
            self._port = self._server.add_insecure_port(f"{self._host}:{self._port}")
        except RuntimeError as error:
            raise OSError(
                errno.EADDRINUSE, f"cannot listen on {self._host}:{self._port} for OTLP over gRPC"
            ) from error
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(_GRACE_SECONDS)

    async def _observed_export(
        self, body: bytes, context: grpc.aio.ServicerContext[bytes, ExportTraceServiceResponse]
    ) -> ExportTraceServiceResponse:
        started = time.perf_counter()
        code = "INTERNAL"
        try:
            answer = await self._export(body, context)
            code = "OK"
            return answer
        except grpc.aio.AbortError:
            code = context.code().name
            raise
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        finally:
            self._observe(EXPORT, code, time.perf_counter() - started)

    async def _export(
        self, body: bytes, context: grpc.aio.ServicerContext[bytes, ExportTraceServiceResponse]
    ) -> ExportTraceServiceResponse:
        # gRPC's own limit on calls at once refuses them in a way that exporters do not retry.
        if self._at_once >= MAX_REQUESTS_AT_ONCE:
            await context.abort(grpc.StatusCode.UNAVAILABLE, BUSY, _come_back())
        self._at_once += 1
        try:
            return await self._intake.accept(parse(body))
        except BadInput as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        finally:
            self._at_once -= 1


def _come_back() -> tuple[tuple[str, bytes], ...]:
    """Trailers that say when, as OTLP has it and as OpenTelemetry for Python reads it."""
    when = RetryInfo(retry_delay=Duration(seconds=RETRY_SECONDS))
    packed = Any()
    packed.Pack(when)
    status = Status(code=Code.UNAVAILABLE, message=BUSY, details=[packed])
    return (
        ("grpc-status-details-bin", status.SerializeToString()),
        ("google.rpc.retryinfo-bin", when.SerializeToString()),
    )
