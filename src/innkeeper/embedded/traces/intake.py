"""What both intakes share: an encoded request in, spans in the store, an encoded answer out."""

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from innkeeper.errors import BadInput

MAX_REQUEST_BYTES = 4 * 1024 * 1024
"""Longest request, decompressed. Jaeger's default for gRPC; a decoded request takes many times
its length for a moment, so that the memory of this process depends on it."""

MAX_REQUESTS_AT_ONCE = 32
"""Requests in the works at a time; more are told to come back."""


class Intake:
    """Puts the spans of export requests into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decoder = Decoder()

    def accept(self, request: ExportTraceServiceRequest) -> ExportTraceServiceResponse:
        """Store the spans that can be; the answer says how many could not, and why."""
        batch = self._decoder.decode(request)
        self._store.add(batch)
        return ExportTraceServiceResponse(
            partial_success=ExportTracePartialSuccess(
                rejected_spans=batch.rejected, error_message=batch.reason
            )
        )


def parse(body: bytes) -> ExportTraceServiceRequest:
    """Read a request in protobuf.

    Raises:
        BadInput: the bytes are no such request.
    """
    try:
        return ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise BadInput("body", "an ExportTraceServiceRequest in protobuf") from error
