"""The caller's side of a stream of calls.

    OPEN ──the server leaves──▶ LEAVING: no call begins here; those under way are answered
      │                            │
      └────────────┬───────────────┘
                   ▼  the stream ends
                ENDED: what was still under way fails as UNAVAILABLE, or has to be made plainly when
                       the server does not know such streams

Two tasks belong to a stream: the writer makes messages of what waits, the reader tells calls how
they ended. Both end with it.
"""

import asyncio
from collections.abc import Callable
from itertools import takewhile
from time import monotonic
from typing import Any, Final

from google.protobuf.message import DecodeError
from grpc import StatusCode
from grpc.aio import EOF, AioRpcError, Channel, Metadata

from innkeeper.pb.rpc.v1.calls_pb2 import Answer as WireAnswer
from innkeeper.pb.rpc.v1.calls_pb2 import Batch
from innkeeper.rpc.expiry import Expiry
from innkeeper.rpc.status import RpcError, rpc_error
from innkeeper.rpc.stream import entries
from innkeeper.rpc.stream.calls import Cancellation, NotOffered, StreamedCall
from innkeeper.rpc.stream.outbox import Item, Outbox

CARRY: Final = "/innkeeper.rpc.v1.Calls/Carry"
# Calls under way on one stream; a caller with more than these is answered too slowly to go on.
MOST_UNDER_WAY: Final = 4096

_CODES: Final = {code.value[0]: code for code in StatusCode}


class CallStream:
    """Carries calls to one endpoint while its stream lasts. Not used again after it ended."""

    def __init__(
        self,
        channel: Channel,
        left: Callable[["CallStream"], None],
        sent: Callable[[int], None] | None = None,
    ) -> None:
        """`left` is told once, when no further call can begin here; `sent` of every message, how
        many calls and cancellations it carries."""
        self.open = True
        """Whether calls can begin here."""
        self.told_to_leave = False
        """Whether the server said that it is about to stop."""
        self._left = left
        self._ended = False
        self._outbox = Outbox(sent=sent)
        self._under_way: dict[int, StreamedCall] = {}
        """In the order of their start."""
        self._expiry = Expiry()
        self._ids = 0
        self.opened_at = self.answered_at = monotonic()
        """When the last answers came, on the monotonic clock; at first, when it was opened."""
        self._stream: Any = channel.stream_stream(CARRY, None, None)()
        loop = asyncio.get_running_loop()
        self._reader = loop.create_task(self._read())
        self._writer = loop.create_task(self._write())

    @property
    def under_way(self) -> int:
        """How many calls are."""
        return len(self._under_way)

    @property
    def messages(self) -> int:
        """Messages sent so far."""
        return self._outbox.messages

    @property
    def sent(self) -> int:
        """Calls and cancellations sent in them."""
        return self._outbox.items

    def begin(self, call: StreamedCall) -> None:
        """Send a call with the next message.

        Raises:
            RpcOverloaded: too many calls are under way here already.
        """
        if len(self._under_way) >= MOST_UNDER_WAY:
            raise rpc_error(
                StatusCode.RESOURCE_EXHAUSTED, f"{MOST_UNDER_WAY} calls wait for this endpoint"
            )
        self._ids = call.id = self._ids + 1
        call.stream = self
        self._under_way[call.id] = call
        self._expiry.add(call)
        self._outbox.add(call)

    def waiting_since(self, before: float) -> list[StreamedCall]:
        """The calls that began before some time on the monotonic clock, the oldest first."""
        return list(takewhile(lambda call: call.started < before, self._under_way.values()))

    def withdraw(self, call: StreamedCall) -> None:
        """Nobody wants the answer of a call that is under way here."""
        self._under_way.pop(call.id, None)
        self._expiry.discard(call)
        call.ended()
        if call.batch and not self._ended:
            self._outbox.add(Cancellation(call.id))
        self._close_when_done()

    async def close(self) -> None:
        """End the stream at once; calls under way fail as UNAVAILABLE."""
        self._stream.cancel()
        await asyncio.wait([self._reader, self._writer])

    async def _write(self) -> None:
        try:
            # A write on a stream that is refused would hide from the reader why it is.
            await self._stream.initial_metadata()
            while await self._outbox.filled():
                # What else becomes ready in this pass of the loop goes with the same message: under
                # load that makes messages three times as large.
                await asyncio.sleep(0)
                await self._stream.write(self._outbox.message(_note_batch))
            await self._stream.done_writing()
        except (AioRpcError, asyncio.CancelledError, asyncio.InvalidStateError):
            # The stream has ended; the reader gets its status and tells everybody.
            pass

    async def _read(self) -> None:
        error: Exception = rpc_error(StatusCode.UNAVAILABLE, "the endpoint ended the stream")
        try:
            while (message := await self._stream.read()) is not EOF:
                self._take(Batch.FromString(message))
        except AioRpcError as failure:
            error = _ending(failure)
        except asyncio.CancelledError:
            error = rpc_error(StatusCode.UNAVAILABLE, "the connection was closed")
        except DecodeError:
            error = rpc_error(StatusCode.INTERNAL, "the endpoint sent what is no batch of answers")
            self._stream.cancel()
        finally:
            self._end(error)

    def _take(self, batch: Batch) -> None:
        self.answered_at = monotonic()
        for answer in batch.answers:
            call = self._under_way.pop(answer.id, None)
            if call is not None:
                self._expiry.discard(call)
                call.ended()
                call.answered(answer)
        if batch.leaving:
            self.told_to_leave = True
            self._leave()
        self._close_when_done()

    def _leave(self) -> None:
        """Let no further call begin here."""
        if self.open:
            self.open = False
            self._left(self)

    def _close_when_done(self) -> None:
        if not self.open and not self._under_way:
            self._outbox.close()

    def _end(self, error: Exception) -> None:
        self._ended = True
        self._leave()
        # A write that grpc.aio begins on a cancelled stream never returns.
        self._writer.cancel()
        self._expiry.close()
        calls = list(self._under_way.values())
        self._under_way.clear()
        for call in calls:
            # Failing one may have cancelled another.
            if call.stream is self:
                call.ended()
                call.failed(error)


def _note_batch(item: Item, items: int) -> None:
    if isinstance(item, StreamedCall):
        item.batch = items


def _ending(error: AioRpcError) -> Exception:
    """What a call under way hears when the stream ends with an error.

    The status is that of the stream, not of the call: whatever it is, the endpoint is not there for
    the call any more.
    """
    if error.code() is StatusCode.UNIMPLEMENTED:
        return NotOffered()
    return rpc_error(StatusCode.UNAVAILABLE, error.details() or "the endpoint ended the stream")


def refusal(answer: WireAnswer) -> RpcError:
    """The error that an answer with a status other than OK is."""
    code = _CODES.get(answer.code, StatusCode.UNKNOWN)
    return rpc_error(code, answer.details, *metadata(answer))


def metadata(answer: WireAnswer) -> tuple[Metadata, Metadata]:
    """Initial and trailing metadata of an answer."""
    return (
        Metadata(*entries.read(answer.initial_metadata)),
        Metadata(*entries.read(answer.trailing_metadata)),
    )
