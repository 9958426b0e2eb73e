"""The SDK's OTLP/gRPC exporter, taking spans that are encoded already."""

from typing import Any

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from innkeeper.tracing.encode import request


class GrpcExporter(OTLPSpanExporter):
    """Leaves addresses, headers, certificates and compression to the SDK, and sends a sequence of
    `Encoded` instead of its own spans."""

    def __init__(self, endpoint: str | None) -> None:
        """None leaves the endpoint to the standard variables."""
        super().__init__(
            endpoint=endpoint,
            # The exporter's own retries back off for seconds; the recorder looks each second.
            retryable_error_codes=(grpc.StatusCode.RESOURCE_EXHAUSTED,),
        )

    def _translate_data(self, data: Any) -> ExportTraceServiceRequest:
        return request(data)
