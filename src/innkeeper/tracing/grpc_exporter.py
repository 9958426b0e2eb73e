"""The SDK's OTLP/gRPC exporter, taking spans that are encoded already."""

from typing import Any

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from innkeeper.tracing.request import request

_EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class GrpcExporter(OTLPSpanExporter):
    """Leaves addresses, headers, certificates and compression to the SDK, and sends a sequence of
    `Encoded` instead of its own spans."""

    _channel: Any
    _client: Any

    def __init__(self, endpoint: str | None) -> None:
        """None leaves the endpoint to the standard variables."""
        super().__init__(
            endpoint=endpoint,
            # The exporter's own retries back off for seconds; the recorder looks each second.
            retryable_error_codes=(grpc.StatusCode.RESOURCE_EXHAUSTED,),
        )

    def _initialize_channel_and_stub(self) -> None:
        super()._initialize_channel_and_stub()  # type: ignore[no-untyped-call]
        self._client = _Stub(self._channel)

    def _translate_data(self, data: Any) -> Any:
        return request(data)


class _Stub:
    """The collector's service, whose requests are bytes."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.Export: grpc.UnaryUnaryMultiCallable[bytes, ExportTraceServiceResponse] = (
            channel.unary_unary(
                _EXPORT, response_deserializer=ExportTraceServiceResponse.FromString
            )
        )
