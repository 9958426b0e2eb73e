"""A unary call that stubs and interceptors take for one of grpc.aio."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar

from grpc import StatusCode
from grpc.aio import Metadata, UnaryUnaryCall

from innkeeper.rpc.status import RpcError, rpc_error

Request = TypeVar("Request")
Response = TypeVar("Response")


def no_metadata() -> tuple[Metadata, Metadata]:
    """What came with a response that came alone."""
    return Metadata(), Metadata()


class Answer(NamedTuple, Generic[Response]):
    """A response with what came with it."""

    message: Response
    metadata: Callable[[], tuple[Metadata, Metadata]] = no_metadata
    """Reads the initial and the trailing metadata, which few callers want."""
    batch: int = 0
    """How many calls its message carried; 0 where it went alone."""
    attempts: int = 1
    """2 where a second attempt was faster than the first."""


class FutureCall(UnaryUnaryCall[Request, Response]):
    """A call whose answer a future holds. It goes on whether or not somebody awaits it."""

    _future: "asyncio.Future[Answer[Response]]"
    """Set by whoever makes it; its exception is an RpcError for a status other than OK."""
    by: float | None
    """The deadline on the monotonic clock."""

    def __await__(self) -> Generator[Any, None, Response]:
        answer = yield from self._future.__await__()
        return answer.message

    def cancelled(self) -> bool:
        return self._future.cancelled()

    def done(self) -> bool:
        return self._future.done()

    def time_remaining(self) -> float | None:
        return None if self.by is None else max(0.0, self.by - monotonic())

    def cancel(self) -> bool:
        return self._future.cancel()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._future.add_done_callback(lambda _: callback(self))

    async def _outcome(self) -> Answer[Response] | RpcError:
        await asyncio.wait([self._future])
        if self._future.cancelled():
            return rpc_error(StatusCode.CANCELLED, "Locally cancelled by application!")
        error = self._future.exception()
        if isinstance(error, RpcError):
            return error
        return self._future.result()

    async def initial_metadata(self) -> Metadata:
        outcome = await self._outcome()
        if isinstance(outcome, RpcError):
            return outcome.initial_metadata() or Metadata()
        return outcome.metadata()[0]

    async def trailing_metadata(self) -> Metadata:
        outcome = await self._outcome()
        if isinstance(outcome, RpcError):
            return outcome.trailing_metadata() or Metadata()
        return outcome.metadata()[1]

    async def code(self) -> StatusCode:
        outcome = await self._outcome()
        return outcome.code() if isinstance(outcome, RpcError) else StatusCode.OK

    async def details(self) -> str:
        outcome = await self._outcome()
        return (outcome.details() or "") if isinstance(outcome, RpcError) else ""

    async def wait_for_connection(self) -> None:
        outcome = await self._outcome()
        if isinstance(outcome, RpcError):
            raise outcome


class TaskCall(FutureCall[Request, Response]):
    """A call carried out by a task of this loop.

    The task starts when the call is made, not when it is awaited, as grpc's calls do. Cancelling
    the call, or a task that awaits it, cancels the work.
    """

    def __init__(
        self,
        work: Coroutine[Any, Any, Answer[Response]],
        by: float | None,
    ) -> None:
        """`work` raises RpcError for a status other than OK. `by` is only told, not enforced."""
        self._future = asyncio.get_running_loop().create_task(work)
        self._future.add_done_callback(seen)
        self.by = by


def seen(future: "asyncio.Future[Any]") -> None:
    """Mark the exception of a call that nobody awaits as seen, so that the loop does not log it."""
    if not future.cancelled():
        future.exception()
