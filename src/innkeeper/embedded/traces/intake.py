"""What both intakes share: an encoded request in, spans in the store, an encoded answer out."""

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from innkeeper.embedded.traces import wire
from innkeeper.embedded.traces.otlp import Decoder
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.turns import Turns
from innkeeper.errors import BadInput

MAX_REQUESTS_AT_ONCE = 32
"""Requests in the works at a time; more are told to come back."""

BUSY = "too many requests at once"
RETRY_SECONDS = 1
"""When to come back."""


class Intake:
    """Puts the spans of export requests into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decoder = Decoder()

    async def accept(self, request: wire.Message) -> ExportTraceServiceResponse:
        """Store the spans that can be; the answer says how many could not, and why."""
        rejected = ExportTracePartialSuccess()
        turns = Turns()
        for batch in self._decoder.decode(request):
            self._store.add(batch)
            rejected.rejected_spans += batch.rejected
            rejected.error_message = rejected.error_message or batch.reason
            await turns.give_way()
        return ExportTraceServiceResponse(partial_success=rejected)


def parse(body: bytes) -> wire.Message:
    """Read a request in protobuf.

    Raises:
        BadInput: the bytes are no such request.
    """
    try:
        return wire.Request.FromString(body)
    except DecodeError as error:
        raise BadInput("body", "an ExportTraceServiceRequest in protobuf") from error
