"""A call that is made together with others, without a task of its own.

    BEGUN ──answer──▶ OK, or the status that the server gave
      │
      └──the endpoint could not be reached, or left──▶ AGAIN: a task makes further attempts

Nearly all calls end with their first attempt. The stream tells the call how it ended, and the call
tells whoever awaits it; only for what has to be made again does a task begin.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import Any

from innkeeper.pb.rpc.v1.calls_pb2 import Answer as WireAnswer
from innkeeper.rpc.call import Answer, FutureCall, seen
from innkeeper.rpc.caller import Record
from innkeeper.rpc.endpoint import Endpoint, Method, streamed
from innkeeper.rpc.retry import RetryBudget
from innkeeper.rpc.status import RpcError
from innkeeper.rpc.stream.calls import NotOffered, StreamedCall
from innkeeper.rpc.stream.client import refusal


class BatchedCall(StreamedCall, FutureCall[Any, Any]):
    """Begun by `CallStream.begin`, counted on its endpoint while its first attempt lasts."""

    _task: "asyncio.Task[Answer[Any]] | None" = None

    def __init__(
        self,
        method: Method,
        endpoint: Endpoint,
        request: bytes,
        by: float | None,
        record: Record,
        metadata: Sequence[tuple[str, Any]],
        budget: RetryBudget,
        again: Callable[["BatchedCall", RpcError | None], Coroutine[Any, Any, Answer[Any]]],
    ) -> None:
        """`again` makes further attempts after one that failed; without an error, after none: the
        server does not take batched calls."""
        super().__init__(method.path, request, by, metadata)
        self.endpoint = endpoint
        self.record = record
        self._future = asyncio.get_running_loop().create_future()
        self._decoded = method
        self._budget = budget
        self._again = again

    def __await__(self) -> Generator[Any, None, Any]:
        try:
            answer = yield from self._future
        except asyncio.CancelledError:
            self.cancel()
            raise
        return answer.message

    def cancel(self) -> bool:
        if self.stream is not None:
            self.withdraw()
            self.record.cancelled(self.endpoint.address)
        elif self._task is not None:
            self._task.cancel()
        return self._future.cancel()

    def answered(self, answer: WireAnswer) -> None:
        if answer.code:
            self.failed(refusal(answer))
            return
        try:
            result = streamed(self._decoded, answer)
        except RpcError as error:
            self.failed(error)
            return
        self._budget.succeeded()
        if self._future.done():
            # Cancelled in this pass of the loop; who awaits it has not come to say so yet.
            self.record.cancelled(self.endpoint.address)
            return
        self.record.batch = self.batch
        self.record.attempts = self.attempts
        self.record.end(self.endpoint.address)
        self._future.set_result(result)

    def failed(self, error: Exception) -> None:
        self.record.attempts = self.attempts
        if isinstance(error, RpcError):
            self.endpoint.failed(error)
            self._try_again(error)
        elif isinstance(error, NotOffered):
            self.endpoint.offers_streams = False
            self.record.attempts = 0
            self._try_again(None)
        else:
            raise AssertionError(error)

    def ended(self) -> None:
        super().ended()
        self.endpoint.leave()

    def _try_again(self, error: RpcError | None) -> None:
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._again(self, error))
        self._task.add_done_callback(self._relay)

    def _relay(self, task: "asyncio.Task[Answer[Any]]") -> None:
        """Hand on how the further attempts ended."""
        seen(task)
        future = self._future
        if future.done():
            return
        if task.cancelled():
            future.cancel()
        elif (error := task.exception()) is not None:
            future.set_exception(error)
            seen(future)
        else:
            future.set_result(task.result())
