"""A handler's work, carried out by whichever task awaits it.

A task of its own would cost more than most handlers do: the event loop has to be entered twice. So
the task that awaits the work takes its steps, each with the work's own context variables. While it
takes them it is the work's task in every respect: timeouts and task groups of a handler belong to
it, and when it is cancelled, so is the work.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Work(Generic[Result]):
    """A coroutine with context variables of its own. Awaited once."""

    __slots__ = ("_cancelled", "_context", "_coroutine", "_suspended", "_waiting", "waited")

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, Result],
        context: Context,
        suspended: Callable[[], None] | None = None,
    ) -> None:
        """`suspended` is told whenever the work has to wait for something, before it does."""
        self._coroutine = coroutine
        self._context = context
        self._suspended = suspended
        self._waiting: asyncio.Future[Any] | None = None
        self._cancelled = False
        self.waited = False
        """Whether it had to wait for anything so far."""

    def __await__(self) -> Generator[Any, None, Result]:
        run, coroutine = self._context.run, self._coroutine
        step: Callable[[Any], Any] = coroutine.send
        value: BaseException | None = None
        try:
            while True:
                waiting = run(step, value)
                if self._suspended is not None:
                    self._suspended()
                self._waiting, self.waited = waiting, True
                if self._cancelled:
                    self.cancel()
                try:
                    yield waiting
                except BaseException as error:
                    step, value = coroutine.throw, error
                else:
                    step, value = coroutine.send, None
                    if self._cancelled:
                        step, value = coroutine.throw, asyncio.CancelledError()
                self._waiting, self._cancelled = None, False
        except StopIteration as ended:
            result: Result = ended.value
            return result

    def cancel(self) -> None:
        """Raise CancelledError where the work waits, or will wait next."""
        # What it waits for tells it, as with `Task.cancel`; a bare yield has nothing to be told by.
        self._cancelled = self._waiting is None or not self._waiting.cancel()

    def close(self) -> None:
        """Let the work never begin."""
        self._coroutine.close()
