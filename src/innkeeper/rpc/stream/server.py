"""The server's side of streams of calls.

Each call has a task of its own, so a slow one holds up nobody and a failed one fails alone. A
stream ends when its caller has said all and everything is answered, or with its connection, which
cancels what is under way on it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from contextvars import Context
from functools import partial
from time import monotonic
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError
from grpc import StatusCode

from innkeeper.pb.rpc.v1.calls_pb2 import Answer, Batch, Call
from innkeeper.rpc.context import CallContext
from innkeeper.rpc.expiry import Expiry
from innkeeper.rpc.handler import Handler
from innkeeper.rpc.status import RpcError, rpc_error
from innkeeper.rpc.stream import entries
from innkeeper.rpc.stream.outbox import Item, Outbox

SERVICE: Final = "innkeeper.rpc.v1.Calls"
MOST_CALLS: Final = 4096
"""Calls that a server works on at once."""


class Carrier:
    """Takes the streams of a server and has their calls handled."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        received: Callable[[int], None] | None = None,
        most_calls: int = MOST_CALLS,
    ) -> None:
        """`handlers` by path; `received` is told how many calls a message carries. Calls beyond
        `most_calls` under way are refused at once, so that the rest is served in time."""
        self.under_way = 0
        """Calls that are being carried out."""
        self.most_calls = most_calls
        self.context = Context()
        """The context variables that handlers start from."""
        self.expiry = Expiry()
        """Of the calls that are being carried out."""
        self._handlers = handlers
        self._received = received
        self._streams: set[_Stream] = set()
        self._leaving = False

    def methods(self) -> dict[str, Any]:
        """What a server offers for it, by name within `SERVICE`."""
        return {"Carry": grpc.stream_stream_rpc_method_handler(self._carry)}

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    async def leave(self) -> None:
        """Ask every caller to begin no further call, and wait until all streams have ended."""
        self._leaving = True
        streams = list(self._streams)
        for stream in streams:
            stream.leave()
        await asyncio.gather(*(stream.ended.wait() for stream in streams))

    async def _carry(self, messages: AsyncIterator[bytes], context: Any) -> None:
        stream = _Stream(self, self._handlers, context, self._received)
        self._streams.add(stream)
        try:
            if self._leaving:
                stream.leave()
            # The caller waits for it: its calls come once it knows that they are welcome.
            await context.send_initial_metadata(())
            await stream.run(messages)
        finally:
            self._streams.discard(stream)
            stream.ended.set()


class _Answered:
    """An answer on its way out."""

    __slots__ = ("_id", "_response", "size")

    def __init__(self, id: int, response: bytes) -> None:
        self._id = id
        self._response = response
        self.size = len(response) + 64

    def put(self, batch: Batch) -> None:
        batch.answers.add(id=self._id, response=self._response)


class _Whole:
    """An answer with a status or metadata."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.size = answer.ByteSize() + 64

    def put(self, batch: Batch) -> None:
        batch.answers.append(self._answer)


class _Leaving:
    """Word that the server is about to stop."""

    size = 2

    def put(self, batch: Batch) -> None:
        batch.leaving = True


class _Stream:
    """One stream, from its opening to its last answer."""

    def __init__(
        self,
        carrier: Carrier,
        handlers: Mapping[str, Handler],
        context: Any,
        received: Callable[[int], None] | None,
    ) -> None:
        self.ended = asyncio.Event()
        self._carrier = carrier
        self._handlers = handlers
        self._context = context
        self._received = received
        self._peer = context.peer()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._outbox = Outbox()

    def leave(self) -> None:
        """Tell the caller."""
        self._outbox.add(_Leaving())

    async def run(self, messages: AsyncIterator[bytes]) -> None:
        """Handle calls until the caller is done; raises what breaks the stream."""
        writer = asyncio.create_task(self._write())
        try:
            async for message in messages:
                self._take(Batch.FromString(message))
                # A caller that does not fetch its answers is not read from.
                await self._outbox.roomy()
            if self._tasks:
                await asyncio.wait(self._tasks.values())
            self._outbox.close()
            await writer
        except DecodeError:
            await self._context.abort(StatusCode.INVALID_ARGUMENT, "this is no batch of calls")
        finally:
            writer.cancel()
            for task in list(self._tasks.values()):
                task.cancel()

    async def _write(self) -> None:
        # The stream's own task hears of a broken connection.
        with suppress(grpc.RpcError, asyncio.InvalidStateError):
            while await self._outbox.filled():
                await self._context.write(self._outbox.message())

    def _take(self, batch: Batch) -> None:
        loop = asyncio.get_running_loop()
        carrier = self._carrier
        if self._received is not None and batch.calls:
            self._received(len(batch.calls))
        for call in batch.calls:
            if carrier.under_way >= carrier.most_calls:
                self._outbox.add(_Whole(_refusal(call)))
                continue
            carrier.under_way += 1
            task = loop.create_task(self._handle(call), context=carrier.context.copy())
            self._tasks[call.id] = task
            # Not within the task, which may be cancelled before it begins.
            task.add_done_callback(partial(self._done, call.id))
        for id in batch.cancelled:
            if (unwanted := self._tasks.get(id)) is not None:
                unwanted.cancel()

    def _done(self, id: int, _: object) -> None:
        self._carrier.under_way -= 1
        del self._tasks[id]

    async def _handle(self, call: Call) -> None:
        id = call.id
        try:
            self._outbox.add(await self._answer(id, call))
        except RpcError as error:
            answer = Answer(id=id, code=error.code().value[0], details=error.details() or "")
            entries.write(error.initial_metadata() or (), answer.initial_metadata)
            entries.write(error.trailing_metadata() or (), answer.trailing_metadata)
            self._outbox.add(_Whole(answer))
        except asyncio.CancelledError:
            # By the caller, who no longer waits, or with the stream.
            self._outbox.add(_Whole(Answer(id=id, code=StatusCode.CANCELLED.value[0])))

    async def _answer(self, id: int, call: Call) -> Item:
        handler = self._handlers.get(call.method)
        if handler is None:
            raise rpc_error(StatusCode.UNIMPLEMENTED, "Method not found!")
        try:
            request = handler.decode(call.request)
        except DecodeError:
            raise rpc_error(StatusCode.INTERNAL, "Exception deserializing request!") from None
        context = CallContext(_metadata(call), _deadline(call), self._peer)
        context.task = self._tasks[id]
        expiry = self._carrier.expiry
        expiry.add(context)
        try:
            response = handler.encode(await context.run(handler, request))
        finally:
            expiry.discard(context)
        trailing = context.trailing_metadata()
        if not trailing and context.initial is None:
            return _Answered(id, response)
        answer = Answer(id=id, response=response)
        entries.write(context.initial or (), answer.initial_metadata)
        entries.write(trailing, answer.trailing_metadata)
        return _Whole(answer)


def _refusal(call: Call) -> Answer:
    return Answer(
        id=call.id,
        code=StatusCode.RESOURCE_EXHAUSTED.value[0],
        details="too many calls are being worked on",
    )


def _metadata(call: Call) -> list[tuple[str, str | bytes]]:
    metadata = entries.read(call.metadata) if call.metadata else []
    if call.traceparent:
        metadata.append(("traceparent", call.traceparent))
    return metadata


def _deadline(call: Call) -> float | None:
    return monotonic() + call.timeout if call.HasField("timeout") else None
