"""Calls between roles of one process: no socket, no serialisation, the same behaviour.

Requests and responses are copied, so that neither side sees what the other does to its message
later. The handler has context variables of its own, gets the deadline and the trace context from
the call alone, and ends calls with the same statuses as over the network. What this path cannot
offer (streaming, call credentials) raises.

A call goes on whether or not somebody awaits it, as grpc's do:

    MADE ──awaited at once──────────▶ UNDER WAY, carried out by the task that awaits it ──▶ ENDED
      └──the loop's next pass comes─▶ UNDER WAY, carried out by a task of its own ───────────▲
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, NoReturn

import grpc
from grpc import ChannelConnectivity, StatusCode, aio

from innkeeper.rpc import deadline
from innkeeper.rpc.call import Answer, FutureCall, seen
from innkeeper.rpc.caller import Caller, Record
from innkeeper.rpc.context import CallContext
from innkeeper.rpc.expiry import Expiry
from innkeeper.rpc.server import Server
from innkeeper.rpc.status import RpcError, rpc_error
from innkeeper.rpc.work import Work


class LocalChannel(aio.Channel):
    """Calls the handlers of a server in the same event loop."""

    def __init__(self, server: Server, caller: Caller) -> None:
        """Methods are looked up at the time of a call, so the server may get them later."""
        self.server = server
        self.caller = caller
        self.expiry = Expiry()
        self._made: list[LocalCall] = []
        """Calls of this pass of the loop."""

    async def __aenter__(self) -> "LocalChannel":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Nothing is held open; what is under way goes on to its end."""

    def made(self, call: "LocalCall") -> None:
        """A call was made: it begins with the loop's next pass, if nobody awaits it until then."""
        if not self._made:
            asyncio.get_running_loop().call_soon(self._begin)
        self._made.append(call)

    def _begin(self) -> None:
        made, self._made = self._made, []
        for call in made:
            call.begin()

    def get_state(self, try_to_connect: bool = False) -> ChannelConnectivity:
        return ChannelConnectivity.READY

    async def wait_for_state_change(self, last_observed_state: ChannelConnectivity) -> None:
        if last_observed_state is ChannelConnectivity.READY:
            await asyncio.Event().wait()

    async def channel_ready(self) -> None:
        """It always is."""

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None,
        _registered_method: bool | None = False,
    ) -> "LocalMethod":
        self.caller.declare(method.removeprefix("/"))
        return LocalMethod(self, method)

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return _no_streaming(method)

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return _no_streaming(method)

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return _no_streaming(method)


def _no_streaming(method: str) -> Callable[..., NoReturn]:
    def call(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(f"{method} streams; roles of one process offer unary calls")

    return call


class LocalMethod(aio.UnaryUnaryMultiCallable[Any, Any]):
    """A unary method of a stub on a local channel."""

    def __init__(self, channel: LocalChannel, path: str) -> None:
        self._channel = channel
        self._path = path
        self._name = path.removeprefix("/")

    def __call__(
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: grpc.CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: grpc.Compression | None = None,
    ) -> "LocalCall":
        if credentials is not None:
            raise NotImplementedError("call credentials need a connection to another process")
        by = deadline.earliest(timeout)
        channel = self._channel
        record = channel.caller.begin(self._name)
        context = CallContext(record.metadata(metadata), by, "inproc:")
        handler = channel.server.handlers.get(self._path)
        if handler is None:
            response = _not_offered(self._name)
        else:
            response = context.run(handler, _copy(request))
        return LocalCall(context, response, record, channel)


async def _not_offered(name: str) -> NoReturn:
    raise rpc_error(StatusCode.UNIMPLEMENTED, f"{name} is not offered")


class LocalCall(FutureCall[Any, Any]):
    """A call within this process."""

    def __init__(
        self,
        context: CallContext,
        response: Coroutine[Any, Any, Any],
        record: Record,
        channel: LocalChannel,
    ) -> None:
        self.by = context.by
        self._context = context
        self._work = context.work = Work(response, channel.server.context.copy())
        self._record = record
        self._channel = channel
        self._under_way = False
        self._answer: Answer[Any] | None = None
        self._outcome_told: asyncio.Future[Answer[Any]] | None = None
        channel.made(self)

    def __await__(self) -> Generator[Any, None, Any]:
        if not self._under_way:
            return (yield from self._carry_out())
        try:
            return (yield from self._future.__await__()).message
        except asyncio.CancelledError:
            self._work.cancel()
            raise

    def cancel(self) -> bool:
        if self._under_way:
            self._work.cancel()
            return not self.done()
        self._under_way = True
        self._work.close()
        self._record.cancelled(None)
        return self._future.cancel()

    @property
    def _future(self) -> "asyncio.Future[Answer[Any]]":  # type: ignore[override]
        """Made for those who ask: most calls are awaited at once, and nobody asks again."""
        future = self._outcome_told
        if future is None:
            future = self._outcome_told = asyncio.get_running_loop().create_future()
            if self._answer is not None:
                future.set_result(self._answer)
        return future

    def begin(self) -> None:
        """Carry it out in a task of its own, if nobody awaits it so far."""
        if not self._under_way:
            task = asyncio.get_running_loop().create_task(self._awaited())
            task.add_done_callback(seen)
            # The loop itself does not keep its tasks.
            self._task = task

    async def _awaited(self) -> Any:
        return await self

    def _carry_out(self) -> Generator[Any, None, Any]:
        self._under_way = True
        record = self._record
        record.attempts += 1
        try:
            # What needs to wait for nothing cannot be cancelled, nor expire.
            if not self._work.begin():
                yield from self._wait()
        except asyncio.CancelledError:
            record.cancelled(None)
            self._future.cancel()
            raise
        except RpcError as error:
            record.end(None, error)
            self._fail(error)
            raise
        record.end(None)
        message = _copy(self._work.result)
        self._answer = Answer(message, self._context.came_with)
        told = self._outcome_told
        if told is not None and not told.done():
            told.set_result(self._answer)
        return message

    def _wait(self) -> Generator[Any, None, None]:
        expiry = self._channel.expiry
        expiry.add(self._context)
        try:
            yield from self._work.__await__()
        finally:
            expiry.discard(self._context)

    def _fail(self, error: Exception) -> None:
        future = self._future
        if not future.done():
            future.set_exception(error)
            seen(future)


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
