"""The server's side of streams of calls.

The calls of a message are carried out one after the other by a worker, as many need to wait for
nothing. A worker whose call has to wait stays with that call, and others go on with the rest; so a
slow call holds up nobody and a failed one fails alone. Where calls had to wait before, there is a
worker for each from the start: what they wait for, they then ask for in one pass of the loop.

    QUEUED ──a free worker takes it──▶ UNDER WAY ──▶ ANSWERED
                                         └──it has to wait──▶ the worker is its own

A stream ends when its caller has said all and everything is answered, or with its connection, which
cancels what is under way on it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from contextvars import Context
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
from innkeeper.rpc.work import Work

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
        self._queue: deque[Call] = deque()
        self._under_way: dict[int, Work[Any]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._free = 0
        """Workers that take calls from the queue."""
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
            while self._workers:
                await asyncio.wait(self._workers)
            self._outbox.close()
            await writer
        except DecodeError:
            await self._context.abort(StatusCode.INVALID_ARGUMENT, "this is no batch of calls")
        finally:
            writer.cancel()
            self._carrier.under_way -= len(self._queue)
            self._queue.clear()
            for worker in self._workers:
                worker.cancel()

    async def _write(self) -> None:
        # The stream's own task hears of a broken connection.
        with suppress(grpc.RpcError, asyncio.InvalidStateError):
            while await self._outbox.filled():
                await self._context.write(self._outbox.message())

    def _take(self, batch: Batch) -> None:
        carrier = self._carrier
        if self._received is not None and batch.calls:
            self._received(len(batch.calls))
        workers = 0
        for call in batch.calls:
            if carrier.under_way >= carrier.most_calls:
                self._outbox.add(_Whole(_refusal(call)))
                continue
            carrier.under_way += 1
            self._queue.append(call)
            handler = self._handlers.get(call.method)
            workers += handler is not None and handler.waits
        self._employ(workers)
        for id in batch.cancelled:
            if (unwanted := self._under_way.get(id)) is not None:
                unwanted.cancel()

    def _employ(self, workers: int = 1) -> None:
        """See to it that somebody goes on with the queue."""
        loop = asyncio.get_running_loop()
        while self._queue and self._free < max(1, workers):
            self._free += 1
            worker = loop.create_task(self._carry_out())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _carry_out(self) -> None:
        """A worker's life."""
        free = True

        def stay() -> None:
            nonlocal free
            free = False
            self._free -= 1
            self._employ()

        try:
            while self._queue and (free or not self._free):
                self._free += not free
                free = True
                call = self._queue.popleft()
                try:
                    self._outbox.add(await self._answered(call, stay))
                finally:
                    self._carrier.under_way -= 1
        finally:
            self._free -= free

    async def _answered(self, call: Call, waits: Callable[[], None]) -> Item:
        """What is to be said to a call. `waits` is told when it has to wait for something."""
        id = call.id
        try:
            handler = self._handlers.get(call.method)
            if handler is None:
                raise rpc_error(StatusCode.UNIMPLEMENTED, "Method not found!")
            try:
                request = handler.decode(call.request)
            except DecodeError:
                text = "Exception deserializing request!"
                raise rpc_error(StatusCode.INTERNAL, text) from None
            context = CallContext(_metadata(call), _deadline(call), self._peer)
            work = Work(context.run(handler, request), self._carrier.context.copy())
            # What needs to wait for nothing cannot be cancelled, nor expire.
            handler.waits = not work.begin()
            if handler.waits:
                waits()
                await self._end(id, context, work)
            return _answer(id, handler.encode(work.result), context)
        except RpcError as error:
            answer = Answer(id=id, code=error.code().value[0], details=error.details() or "")
            entries.write(error.initial_metadata() or (), answer.initial_metadata)
            entries.write(error.trailing_metadata() or (), answer.trailing_metadata)
            return _Whole(answer)
        except asyncio.CancelledError:
            # By the caller, who no longer waits, or with the stream.
            return _Whole(_cancelled(id))

    async def _end(self, id: int, context: CallContext, work: Work[Any]) -> None:
        """Carry out a call that waits."""
        self._under_way[id] = context.work = work
        expiry = self._carrier.expiry
        expiry.add(context)
        try:
            await work
        finally:
            expiry.discard(context)
            del self._under_way[id]


def _answer(id: int, response: bytes, context: CallContext) -> Item:
    trailing = context.trailing_metadata()
    if not trailing and context.initial is None:
        return _Answered(id, response)
    answer = Answer(id=id, response=response)
    entries.write(context.initial or (), answer.initial_metadata)
    entries.write(trailing, answer.trailing_metadata)
    return _Whole(answer)


def _cancelled(id: int) -> Answer:
    return Answer(id=id, code=StatusCode.CANCELLED.value[0])


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
