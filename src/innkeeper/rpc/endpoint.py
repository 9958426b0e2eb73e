"""One address of a service: its connection, the calls under way on it, and its way out."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError
from grpc import ChannelConnectivity, StatusCode
from grpc.aio import AioRpcError, Channel, Metadata, UnaryUnaryMultiCallable, insecure_channel

from innkeeper.pb.rpc.v1.calls_pb2 import Answer as WireAnswer
from innkeeper.rpc.call import Answer
from innkeeper.rpc.status import RpcError, from_grpc, rpc_error
from innkeeper.rpc.stream.calls import AwaitedCall, NotOffered
from innkeeper.rpc.stream.client import CallStream, metadata, refusal

# A lost peer is back 0.2–1.1 s after it listens again (grpc's defaults took 13 s); a hung one is
# noticed by its missing ping answer. What grpc names the shortest backoff is how long connecting
# may take, which on a busy machine is more than a moment; what is refused is tried again sooner.
CHANNEL_OPTIONS: Final[Sequence[tuple[str, int]]] = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 2_000),
    ("grpc.http2.ping_timeout_ms", 2_000),
    ("grpc.http2.max_pings_without_data", 0),
    # Endpoints are balanced here, so two of them must never share a connection.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
)


# Statuses that speak of the endpoint rather than of the call.
FAILURES: Final = frozenset(
    {StatusCode.UNAVAILABLE, StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS}
)


def connect(address: str) -> Channel:
    """A channel to one host:port; it connects when it is first used."""
    return insecure_channel(address, options=CHANNEL_OPTIONS)


class Method:
    """A unary method as a stub knows it. Compared by identity."""

    def __init__(
        self,
        path: str,
        serializer: Callable[[Any], bytes] | None,
        deserializer: Callable[[bytes], Any] | None,
    ) -> None:
        """`path` is such as `/innkeeper.geo.v1.Geo/Nearby`."""
        self.path = path
        self.name = path.removeprefix("/")
        self.deserializer = deserializer
        self._serializer = serializer

    def decode(self, response: bytes) -> Any:
        """The message of a response."""
        return self.deserializer(response) if self.deserializer else response

    def encode(self, request: Any) -> bytes:
        """The request as it is sent; what becomes of the message later does not matter."""
        return self._serializer(request) if self._serializer else request


class Endpoint:
    """Carries calls to one address until it is retired, and is closed when the last has ended.

    Closing a grpc.aio channel cancels the calls on it, therefore the count.
    """

    def __init__(
        self,
        address: str,
        channel: Channel,
        changed: Callable[[], None],
        sent: Callable[[int], None] | None = None,
    ) -> None:
        """`changed` is told whenever the connection's state is another, `sent` what every message
        of a stream carries."""
        self.address = address
        self.channel = channel
        self.state = ChannelConnectivity.IDLE
        self.listed = True
        """Whether the registry named it in its last answer."""
        self.calls = 0
        """Calls begun on it so far."""
        self.in_flight = 0
        self.ejected = False
        """Whether it gets no call for having failed or hung."""
        self.ejections = 0
        """How often that happened lately."""
        self._failures = 0
        self._window = (0, 0)
        self._changed = changed
        self._sent = sent
        self._idle = asyncio.Event()
        self._idle.set()
        self._retired = False
        self.stream: CallStream | None = None
        """What batched calls go on now, if it is open."""
        self.offers_streams = True
        """Whether its server takes batched calls, as far as is known."""
        self._leaving = False
        self._methods: dict[Method, UnaryUnaryMultiCallable[Any, Any]] = {}
        self._watch = asyncio.get_running_loop().create_task(self._follow_state())
        self._closing: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether it is connected, is not ejected and has not said that it is about to stop."""
        connected = self.state is ChannelConnectivity.READY
        return connected and not self.ejected and not self._leaving

    @property
    def failing(self) -> bool:
        """Whether the last attempt to connect failed; it is tried again in the background."""
        return self.state is ChannelConnectivity.TRANSIENT_FAILURE

    async def call(
        self,
        method: Method,
        request: bytes,
        *,
        by: float | None,
        metadata: Metadata,
        credentials: grpc.CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: grpc.Compression | None = None,
        batched: bool = False,
    ) -> Answer[Any]:
        """Make one call, `batched` with others where the server offers that, to end `by` a time on
        the monotonic clock.

        Raises:
            RpcError: it ended with a status other than OK.
        """
        self.enter()
        try:
            if batched and self.offers_streams:
                try:
                    return await self._batched_call(method, request, by, metadata)
                except NotOffered:
                    self.offers_streams = False
            return await self._plain_call(
                method,
                request,
                timeout=None if by is None else max(0.0, by - monotonic()),
                metadata=metadata,
                credentials=credentials,
                wait_for_ready=wait_for_ready,
                compression=compression,
            )
        except RpcError as error:
            self.failed(error)
            raise
        finally:
            self.leave()

    async def _batched_call(
        self, method: Method, request: bytes, by: float | None, metadata: Metadata
    ) -> Answer[Any]:
        call = AwaitedCall(method.path, request, by, tuple(metadata))
        (self.stream or self._new_stream()).begin(call)
        try:
            answer = await call.answer
        finally:
            call.withdraw()
        if answer.code:
            raise refusal(answer)
        return streamed(method, answer, call.batch, call.attempts)

    def open_stream(self) -> CallStream | None:
        """The stream for a batched call; None where the server does not offer it."""
        return (self.stream or self._new_stream()) if self.offers_streams else None

    def _new_stream(self) -> CallStream:
        self.stream = CallStream(self.channel, self._stream_left, self._sent)
        return self.stream

    async def _plain_call(self, method: Method, request: bytes, **options: Any) -> Answer[Any]:
        stub = self._methods.get(method)
        if stub is None:
            stub = self._methods[method] = self.channel.unary_unary(
                method.path, None, method.deserializer
            )
        try:
            call = stub(request, **options)
            message = await call
            came_with = (await call.initial_metadata(), await call.trailing_metadata())
            return Answer(message, lambda: came_with)
        except AioRpcError as error:
            raise from_grpc(error) from None
        except asyncio.CancelledError:
            # grpc.aio raises this too when the server ended the call as CANCELLED.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise rpc_error(StatusCode.CANCELLED, f"{self.address} cancelled the call") from None

    def enter(self) -> None:
        """Count a call that begins."""
        self.calls += 1
        self.in_flight += 1
        self._idle.clear()

    def leave(self) -> None:
        """Count a call that ended."""
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()
            if self._retired:
                self._start_closing()

    def failed(self, error: RpcError) -> None:
        """Count a call that ended with an error, if that speaks of the endpoint."""
        self._failures += error.code() in FAILURES

    async def wait_idle(self) -> None:
        """Wait until no call is under way."""
        await self._idle.wait()

    def eject(self, ejected: bool) -> None:
        """Give it no calls, or let it back in."""
        self.ejected = ejected
        self._changed()

    def start_window(self) -> None:
        """Count calls and failures anew."""
        self._window = (self.calls - self.in_flight, self._failures)

    @property
    def window_calls(self) -> int:
        """Calls that ended since the window started."""
        return self.calls - self.in_flight - self._window[0]

    @property
    def failure_share(self) -> float:
        """The share of them that failed."""
        return (self._failures - self._window[1]) / max(1, self.window_calls)

    def retire(self) -> None:
        """Take no further call; close once those under way have ended."""
        self._retired = True
        self._watch.cancel()
        if not self.in_flight:
            self._start_closing()

    async def close(self) -> None:
        """Close at once; calls under way are cancelled."""
        self._retired = True
        self._watch.cancel()
        self._start_closing()
        if self._closing is not None:
            await self._closing
        await asyncio.wait([self._watch])

    def _start_closing(self) -> None:
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())

    def _stream_left(self, stream: CallStream) -> None:
        """The next call opens another stream; while this server is about to stop, elsewhere."""
        if self.stream is stream:
            self.stream = None
        if stream.told_to_leave:
            self._leaving = True
            self._changed()

    async def _close(self) -> None:
        if self.stream is not None:
            await self.stream.close()
        await self.channel.close()

    async def _follow_state(self) -> None:
        while True:
            state = self.channel.get_state(try_to_connect=True)
            if state is ChannelConnectivity.SHUTDOWN:
                return
            if state is not self.state:
                self.state = state
                # What connects next is another process.
                self._leaving = self._leaving and state is ChannelConnectivity.READY
                self._changed()
            await self.channel.wait_for_state_change(state)


def streamed(method: Method, answer: WireAnswer, batch: int = 0, attempts: int = 1) -> Answer[Any]:
    """The answer to a call of a method that came over a stream with the status OK.

    Raises:
        RpcError: INTERNAL, when it is no message of the method.
    """
    try:
        message = method.decode(answer.response)
    except DecodeError:
        raise rpc_error(StatusCode.INTERNAL, "Exception deserializing response!") from None
    return Answer(message, partial(metadata, answer), batch, attempts)
