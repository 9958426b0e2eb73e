"""A collector that keeps what it is sent over OTLP/gRPC, and one without a wire."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import grpc.aio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.sdk.trace import ReadableSpan

from innkeeper.tracing.readable import readable
from innkeeper.tracing.span import Span


class Kept:
    """Takes the collector's place and keeps the spans; the `answers` are given first: a reason not
    to take the batch, or an exception to raise."""

    where = "memory"

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.batches: list[Sequence[ReadableSpan]] = []
        self.closed = False

    @property
    def spans(self) -> list[ReadableSpan]:
        return [span for batch in self.batches for span in batch]

    def prepare(self, span: Span) -> ReadableSpan:
        return readable(span)

    def size(self, prepared: ReadableSpan) -> int:
        return sum(len(str(value)) for value in (prepared.attributes or {}).values())

    def send(self, prepared: Sequence[ReadableSpan]) -> str | None:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            self.batches.append(prepared)
        return answer

    def close(self) -> None:
        self.closed = True


class Collector(TraceServiceServicer):
    """Listens on a free port while it is entered."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.metadata: list[dict[str, str | bytes]] = []
        self._server = grpc.aio.server()
        add_TraceServiceServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self.endpoint = f"http://127.0.0.1:{self.port}"

    async def Export(
        self, request: ExportTraceServiceRequest, context: grpc.aio.ServicerContext
    ) -> ExportTraceServiceResponse:
        self.metadata.append(dict(context.invocation_metadata() or ()))
        self.requests.append(request)
        return ExportTraceServiceResponse()

    @property
    def spans(self) -> list[OtlpSpan]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._server.stop(None)
