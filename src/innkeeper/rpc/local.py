"""Calls between roles of one process: no socket, no serialisation, the same behaviour.

Requests and responses are copied, so that neither side sees what the other does to its message
later. The handler runs in a task and context of its own, gets the deadline and the trace context
from the call alone, and ends calls with the same statuses as over the network. What this path
cannot offer (streaming, call credentials) raises.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

import grpc
from grpc import ChannelConnectivity, StatusCode, aio

from innkeeper.rpc import deadline
from innkeeper.rpc.call import Answer, TaskCall
from innkeeper.rpc.caller import Caller, Record
from innkeeper.rpc.context import CallContext
from innkeeper.rpc.expiry import Expiry
from innkeeper.rpc.server import Server
from innkeeper.rpc.status import RpcError, rpc_error


class LocalChannel(aio.Channel):
    """Calls the handlers of a server in the same event loop."""

    def __init__(self, server: Server, caller: Caller) -> None:
        """Methods are looked up at the time of a call, so the server may get them later."""
        self.server = server
        self.caller = caller
        self.expiry = Expiry()

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
    ) -> TaskCall[Any, Any]:
        if credentials is not None:
            raise NotImplementedError("call credentials need a connection to another process")
        by = deadline.earliest(timeout)
        record = self._channel.caller.begin(self._name)
        context = CallContext(record.metadata(metadata), by, "inproc:")
        call: TaskCall[Any, Any] = TaskCall(
            self._run(_copy(request), context, record), by, self._channel.server.context.copy()
        )
        context.task = call.task
        return call

    async def _run(self, request: Any, context: CallContext, record: Record) -> Answer[Any]:
        expiry = self._channel.expiry
        expiry.add(context)
        record.attempts += 1
        try:
            answer = await self._handle(request, context)
        except RpcError as error:
            record.end(None, error)
            raise
        except asyncio.CancelledError:
            record.cancelled(None)
            raise
        finally:
            expiry.discard(context)
        record.end(None)
        return answer

    async def _handle(self, request: Any, context: CallContext) -> Answer[Any]:
        handler = self._channel.server.handlers.get(self._path)
        if handler is None:
            raise rpc_error(StatusCode.UNIMPLEMENTED, f"{self._name} is not offered")
        response = await context.run(handler, request)
        return Answer(_copy(response), context.came_with)


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
