"""A unary call that stubs and interceptors take for one of grpc.aio."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar

from grpc import StatusCode
from grpc.aio import Metadata, UnaryUnaryCall

from innkeeper.rpc.status import RpcError, rpc_error

Request = TypeVar("Request")
Response = TypeVar("Response")


class Answer(NamedTuple, Generic[Response]):
    """A response with the metadata that came with it."""

    message: Response
    initial: Metadata
    trailing: Metadata
    batch: int = 0
    """How many calls its message carried; 0 where it went alone."""
    attempts: int = 1
    """2 where a second attempt was faster than the first."""


class TaskCall(UnaryUnaryCall[Request, Response]):
    """A call carried out by a task of this loop.

    The task starts when the call is made, not when it is awaited, as grpc's calls do. Cancelling
    the call, or a task that awaits it, cancels the work.
    """

    def __init__(
        self,
        work: Coroutine[Any, Any, Answer[Response]],
        deadline: float | None,
        context: Context | None = None,
    ) -> None:
        """`work` raises RpcError for a status other than OK. `deadline` is on the monotonic
        clock and only told, not enforced; `context` is what the task's variables start from.
        """
        self._task = asyncio.get_running_loop().create_task(work, context=context)
        self._task.add_done_callback(_retrieve)
        self._deadline = deadline

    def __await__(self) -> Generator[Any, None, Response]:
        answer = yield from self._task.__await__()
        return answer.message

    def cancelled(self) -> bool:
        return self._task.cancelled()

    def done(self) -> bool:
        return self._task.done()

    def time_remaining(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - monotonic())

    def cancel(self) -> bool:
        return self._task.cancel()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._task.add_done_callback(lambda _: callback(self))

    async def _outcome(self) -> Answer[Response] | RpcError:
        await asyncio.wait([self._task])
        if self._task.cancelled():
            return rpc_error(StatusCode.CANCELLED, "Locally cancelled by application!")
        error = self._task.exception()
        if isinstance(error, RpcError):
            return error
        return self._task.result()

    async def initial_metadata(self) -> Metadata:
        outcome = await self._outcome()
        if isinstance(outcome, RpcError):
            return outcome.initial_metadata() or Metadata()
        return outcome.initial

    async def trailing_metadata(self) -> Metadata:
        outcome = await self._outcome()
        if isinstance(outcome, RpcError):
            return outcome.trailing_metadata() or Metadata()
        return outcome.trailing

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


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Mark the exception of a call that nobody awaits as seen, so that the loop does not log it."""
    if not task.cancelled():
        task.exception()
