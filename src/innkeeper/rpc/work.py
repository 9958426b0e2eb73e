"""A handler's work, carried out by whichever task awaits it.

A task of its own would cost more than most handlers do: the event loop has to be entered twice. So
the task that awaits the work takes its steps, each with the work's own context variables. While it
takes them it is the work's task in every respect: timeouts and task groups of a handler belong to
it, and when it is cancelled, so is the work.
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import Context
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Work(Generic[Result]):
    """A coroutine with context variables of its own. Carried out once.

    Whoever begins it may hear that it has ended already; else it has to be awaited. To await it
    without having begun it does both.
    """

    __slots__ = ("_begun", "_cancelled", "_context", "_coroutine", "_waiting", "result")

    result: Result
    """What it returned, once it has ended."""

    def __init__(self, coroutine: Coroutine[Any, Any, Result], context: Context) -> None:
        self._coroutine = coroutine
        self._context = context
        self._waiting: asyncio.Future[Any] | None = None
        self._cancelled = False
        self._begun = False

    def begin(self) -> bool:
        """Take the steps until it has to wait for something; whether it has ended before.

        Raises what the work raises.
        """
        self._begun = True
        try:
            self._waiting = self._context.run(self._coroutine.send, None)
        except StopIteration as ended:
            self.result = ended.value
            return True
        if self._cancelled:
            self.cancel()
        return False

    def __await__(self) -> Generator[Any, None, Result]:
        if not self._begun and self.begin():
            return self.result
        run, coroutine = self._context.run, self._coroutine
        try:
            while True:
                error: BaseException | None = None
                try:
                    yield self._waiting
                except BaseException as raised:
                    error = raised
                if error is None and self._cancelled:
                    error = asyncio.CancelledError()
                self._waiting, self._cancelled = None, False
                if error is None:
                    self._waiting = run(coroutine.send, None)
                else:
                    self._waiting = run(coroutine.throw, error)
                if self._cancelled:
                    self.cancel()
        except StopIteration as ended:
            self.result = ended.value
            return self.result

    def cancel(self) -> None:
        """Raise CancelledError where the work waits, or will wait next."""
        # What it waits for tells it, as with `Task.cancel`; a bare yield has nothing to be told by.
        self._cancelled = self._waiting is None or not self._waiting.cancel()

    def close(self) -> None:
        """Let the work never begin."""
        self._coroutine.close()
