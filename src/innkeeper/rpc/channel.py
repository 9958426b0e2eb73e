"""A channel that balances over the endpoints of a service; generated stubs are used on it as they
are.

A unary call begins with its deadline, span and metadata, which are taken from the caller's context
at once, and then makes attempts: pick an endpoint, call it, and for a read-only method that failed
because the endpoint could not be reached or left, pick another. What a caller sees is one call.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any

import grpc
from grpc import ChannelConnectivity, StatusCode, aio

from innkeeper import errors
from innkeeper.rpc import deadline
from innkeeper.rpc.balancer import Balancer
from innkeeper.rpc.call import Answer, TaskCall
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
        by = deadline.earliest(timeout)
        record = self._channel.caller.begin(self._method.name)
        options = {
            "metadata": record.metadata(metadata),
            "credentials": credentials,
            "wait_for_ready": wait_for_ready,
            "compression": compression,
            # What a message of many calls cannot offer goes plain.
            "batched": self._read_only
            and self._channel.batching
            and credentials is None
            and not wait_for_ready
            and compression is None,
        }
        return TaskCall(self._recorded(self._method.encode(request), by, record, options), by)

    async def _recorded(
        self, request: bytes, by: float | None, record: Record, options: dict[str, Any]
    ) -> Answer[Any]:
        asked: list[Endpoint] = []
        try:
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
        policy, budget = self._channel.policy, self._channel.budget
        while True:
            endpoint = await self._pick(by, asked, wait=bool(options["wait_for_ready"]))
            asked.append(endpoint)
            record.attempts += 1
            timeout = None if by is None else by - monotonic()
            if timeout is not None and timeout <= 0:
                raise rpc_error(StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call")
            if options["batched"]:
                self._channel.patrol.arm()
            try:
                answer = await endpoint.call(self._method, request, timeout=timeout, **options)
            except RpcError as error:
                if not self._read_only or not policy.wants(error, record.attempts):
                    raise
                if not budget.failed():
                    raise
                await self._pause(by, asked, error)
                continue
            budget.succeeded()
            record.batch = answer.batch
            record.attempts += answer.attempts - 1
            return answer

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
