"""A channel that balances over the endpoints of a service; generated stubs are used on it as they
are.

A unary call begins with its deadline, span and metadata, which are taken from the caller's context
at once, and then makes attempts: pick an endpoint, call it, and for a read-only method that failed
because the endpoint could not be reached or left, pick another. What a caller sees is one call.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any

import grpc
from grpc import ChannelConnectivity, StatusCode, aio
from grpc.aio import Metadata

from innkeeper import errors
from innkeeper.rpc import deadline
from innkeeper.rpc.balancer import Balancer
from innkeeper.rpc.batched import BatchedCall
from innkeeper.rpc.call import Answer, FutureCall, TaskCall
from innkeeper.rpc.caller import Caller, Record
from innkeeper.rpc.endpoint import Endpoint, Method
from innkeeper.rpc.patrol import Patrol
from innkeeper.rpc.retry import RetryBudget, RetryPolicy, read_only
from innkeeper.rpc.status import RpcError, rpc_error

# How long a call waits for the registry's first answer; well below any useful deadline, so that
# the caller learns what is missing rather than that time is over.
FIRST_ANSWER = 0.5


class BalancedChannel(aio.Channel):
    """Calls one service through a balancer, which it owns and closes."""

    def __init__(
        self,
        balancer: Balancer,
        caller: Caller,
        *,
        policy: RetryPolicy | None = None,
        budget: RetryBudget | None = None,
        batching: bool = True,
    ) -> None:
        """With `batching`, read-only calls that are under way together share messages."""
        self.batching = batching
        self.balancer = balancer
        self.caller = caller
        self.policy = policy or RetryPolicy()
        self.budget = budget or RetryBudget()
        self.patrol = Patrol(balancer, self.budget)

    async def __aenter__(self) -> "BalancedChannel":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Close at once, or when the calls under way have ended, after `grace` seconds at most."""
        if grace:
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self.balancer.wait_idle()
        await self.patrol.close()
        await self.balancer.close()

    def get_state(self, try_to_connect: bool = False) -> ChannelConnectivity:
        """READY when an endpoint is; endpoints connect by themselves."""
        states = {endpoint.state for endpoint in self.balancer.endpoints}
        for state in (
            ChannelConnectivity.READY,
            ChannelConnectivity.CONNECTING,
            ChannelConnectivity.IDLE,
            ChannelConnectivity.TRANSIENT_FAILURE,
        ):
            if state in states:
                return state
        return ChannelConnectivity.IDLE

    async def wait_for_state_change(self, last_observed_state: ChannelConnectivity) -> None:
        while self.get_state() is last_observed_state:
            await self.balancer.wait_changed()

    async def channel_ready(self) -> None:
        while self.get_state() is not ChannelConnectivity.READY:
            await self.balancer.wait_changed()

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None,
        _registered_method: bool | None = False,
    ) -> "BalancedMethod":
        self.caller.declare(method.removeprefix("/"))
        return BalancedMethod(self, Method(method, request_serializer, response_deserializer))

    def unary_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._streaming("unary_stream", args, kwargs)

    def stream_unary(self, *args: Any, **kwargs: Any) -> Any:
        return self._streaming("stream_unary", args, kwargs)

    def stream_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._streaming("stream_stream", args, kwargs)

    def _streaming(self, kind: str, args: Any, kwargs: Any) -> Callable[..., Any]:
        """A streaming method: each call goes to one endpoint, as grpc makes it, and is not retried.

        Calling it raises RpcUnavailable where there is no endpoint.
        """

        def call(*call_args: Any, **call_kwargs: Any) -> Any:
            try:
                endpoint = self.balancer.pick()
            except errors.Unavailable as error:
                raise rpc_error(StatusCode.UNAVAILABLE, str(error)) from None
            made = getattr(endpoint.channel, kind)(*args, **kwargs)(*call_args, **call_kwargs)
            endpoint.enter()
            made.add_done_callback(lambda _: endpoint.leave())
            return made

        return call


class BalancedMethod(aio.UnaryUnaryMultiCallable[Any, Any]):
    """A unary method of a stub on a balanced channel."""

    def __init__(self, channel: BalancedChannel, method: Method) -> None:
        self._channel = channel
        self._method = method
        self._read_only = read_only(method.path)
        self._batched = self._read_only and channel.batching

    def __call__(
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: grpc.CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: grpc.Compression | None = None,
    ) -> FutureCall[Any, Any]:
        by = deadline.earliest(timeout)
        record = self._channel.caller.begin(self._method.name)
        encoded = self._method.encode(request)
        # What a message of many calls cannot offer goes plain.
        batched = self._batched and not (credentials or wait_for_ready or compression)
        if batched:
            call = self._begin_now(encoded, by, record, metadata)
            if call is not None:
                return call
        options = {
            "metadata": Metadata(*record.metadata(metadata)),
            "credentials": credentials,
            "wait_for_ready": wait_for_ready,
            "compression": compression,
            "batched": batched,
        }
        return TaskCall(self._carry_out(encoded, by, record, options, []), by)

    def _begin_now(
        self, request: bytes, by: float | None, record: Record, metadata: Any
    ) -> BatchedCall | None:
        """Begin a call on the next endpoint; None when something has to be waited for first."""
        channel = self._channel
        if by is not None and by <= monotonic():
            return None
        try:
            endpoint = channel.balancer.pick()
            stream = endpoint.open_stream()
            if stream is None:
                return None
            call = BatchedCall(
                self._method,
                endpoint,
                request,
                by,
                record,
                record.metadata(metadata),
                channel.budget,
                self._again,
            )
            stream.begin(call)
        except errors.Error:
            return None
        endpoint.enter()
        channel.patrol.arm()
        return call

    def _again(
        self, call: BatchedCall, failure: RpcError | None
    ) -> Coroutine[Any, Any, Answer[Any]]:
        """Carry on with a call whose first attempt failed, or could not be made that way."""
        options = {"metadata": Metadata(*call.metadata), "wait_for_ready": None, "batched": True}
        asked = [] if failure is None else [call.endpoint]
        return self._carry_out(call.request, call.by, call.record, options, asked, failure)

    async def _carry_out(
        self,
        request: bytes,
        by: float | None,
        record: Record,
        options: dict[str, Any],
        asked: list[Endpoint],
        failure: RpcError | None = None,
    ) -> Answer[Any]:
        """Make attempts until one succeeds or nothing more can be done, and record the outcome.

        `asked` are the endpoints of earlier attempts, of which the last ended with `failure`.
        """
        try:
            if failure is not None:
                await self._before_another(by, asked, failure, record)
            answer = await self._attempts(request, by, record, asked, options)
        except RpcError as error:
            record.end(_last(asked), error)
            raise
        except asyncio.CancelledError:
            record.cancelled(_last(asked))
            raise
        record.end(_last(asked))
        return answer

    async def _attempts(
        self,
        request: bytes,
        by: float | None,
        record: Record,
        asked: list[Endpoint],
        options: dict[str, Any],
    ) -> Answer[Any]:
        while True:
            endpoint = await self._pick(by, asked, wait=bool(options["wait_for_ready"]))
            asked.append(endpoint)
            record.attempts += 1
            if by is not None and by <= monotonic():
                raise rpc_error(StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call")
            if options["batched"]:
                self._channel.patrol.arm()
            try:
                answer = await endpoint.call(self._method, request, by=by, **options)
            except RpcError as error:
                await self._before_another(by, asked, error, record)
                continue
            self._channel.budget.succeeded()
            record.batch = answer.batch
            record.attempts += answer.attempts - 1
            return answer

    async def _before_another(
        self, by: float | None, asked: list[Endpoint], error: RpcError, record: Record
    ) -> None:
        """Return when a failed call may be made again; raise what it failed with when not."""
        policy = self._channel.policy
        if not self._read_only or not policy.wants(error, record.attempts):
            raise error
        if not self._channel.budget.failed():
            raise error
        await self._pause(by, asked, error)

    async def _pick(self, by: float | None, asked: list[Endpoint], *, wait: bool) -> Endpoint:
        """The next endpoint; `wait` for one as long as the deadline allows."""
        balancer = self._channel.balancer
        try:
            if not balancer.told:
                async with asyncio.timeout(FIRST_ANSWER if not wait else _left(by)):
                    await balancer.wait_told()
            while True:
                try:
                    return balancer.pick(asked)
                except errors.Unavailable as error:
                    if not wait:
                        raise rpc_error(StatusCode.UNAVAILABLE, str(error)) from None
                async with asyncio.timeout(_left(by)):
                    await balancer.wait_changed()
        except TimeoutError:
            raise rpc_error(
                StatusCode.UNAVAILABLE, f"the registry has not told where {balancer.service} is"
            ) from None

    async def _pause(self, by: float | None, asked: list[Endpoint], error: RpcError) -> None:
        """Wait where every endpoint has been asked, but never past the deadline."""
        everyone = len(self._channel.balancer.endpoints)
        if everyone > len(set(asked)):
            return
        delay = self._channel.policy.delay(len(asked) // max(1, everyone))
        left = _left(by)
        if left is not None and delay >= left:
            raise error
        await asyncio.sleep(delay)


def _left(by: float | None) -> float | None:
    return None if by is None else by - monotonic()


def _last(asked: list[Endpoint]) -> str | None:
    return asked[-1].address if asked else None
