"""One call of a stream, as its caller has it."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from grpc import StatusCode

from innkeeper.pb.rpc.v1.calls_pb2 import Answer as WireAnswer
from innkeeper.pb.rpc.v1.calls_pb2 import Batch
from innkeeper.rpc.status import rpc_error
from innkeeper.rpc.stream import entries

if TYPE_CHECKING:
    from innkeeper.rpc.stream.client import CallStream

TRACEPARENT: Final = "traceparent"


class NotOffered(Exception):
    """The server does not know streams of calls: the call was not made and may be made plainly."""


class StreamedCall:
    """One call on its way. It hears once how it ended, unless it was cancelled before."""

    # What most calls never change is theirs only once it is.
    id = 0
    batch = 0
    """How many calls went out in its message; 0 while it waits."""
    slow = False
    """Whether the budget was asked for a second attempt."""
    hedged = False
    """Whether that attempt was made, or must not be."""
    attempts = 1
    """Attempts that the answer took: 2 when the second was the faster."""
    second: "StreamedCall | None" = None
    """The second attempt, while both are under way."""
    stream: "CallStream | None" = None
    """Where it is under way; None before and after."""

    def __init__(
        self, method: str, request: bytes, by: float | None, metadata: Sequence[tuple[str, Any]]
    ) -> None:
        """`by` is when it must end, on the monotonic clock; the trace context is in `metadata`."""
        self.method = method
        self.request = request
        self.by = by
        self.metadata = metadata
        self.size = len(request) + 128
        self.started = monotonic()

    def answered(self, answer: WireAnswer) -> None:
        """The server answered, with whatever status."""
        raise NotImplementedError

    def failed(self, error: Exception) -> None:
        """No answer will come. The error is an RpcError, or NotOffered."""
        raise NotImplementedError

    def expire(self) -> None:
        """The deadline has passed."""
        self.withdraw()
        self.failed(rpc_error(StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"))

    def withdraw(self) -> None:
        """Nobody wants the answer any more. Of no effect on what has ended."""
        if self.stream is not None:
            self.stream.withdraw(self)

    def ended(self) -> None:
        """Let go of the stream and of the second attempt."""
        self.stream = None
        if self.second is not None:
            self.second.withdraw()
            self.second = None

    def put(self, batch: Batch) -> None:
        if self.stream is None:
            return
        call = batch.calls.add(id=self.id, method=self.method, request=self.request)
        if self.by is not None:
            call.timeout = self.by - monotonic()
        for key, value in self.metadata:
            if key == TRACEPARENT and isinstance(value, str):
                call.traceparent = value
            else:
                entries.write(((key, value),), call.metadata)


class AwaitedCall(StreamedCall):
    """A call whose answer a future holds."""

    def __init__(
        self, method: str, request: bytes, by: float | None, metadata: Sequence[tuple[str, Any]]
    ) -> None:
        super().__init__(method, request, by, metadata)
        self.answer: asyncio.Future[WireAnswer] = asyncio.get_running_loop().create_future()

    def answered(self, answer: WireAnswer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def failed(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # Whoever gave up on it meanwhile does not ask for it.
            self.answer.exception()


class Cancellation:
    """Word that an answer is no longer wanted."""

    size = 8

    def __init__(self, id: int) -> None:
        self._id = id

    def put(self, batch: Batch) -> None:
        batch.cancelled.append(self._id)
