"""Work that is carried out by the task that awaits it."""

import asyncio
from contextvars import ContextVar, copy_context

import pytest

from innkeeper.rpc.work import Work

_variable: ContextVar[str] = ContextVar("variable", default="unset")


async def test_result() -> None:
    """Awaiting work gives what it returns, whether or not it waits."""

    async def at_once() -> int:
        return 1

    async def later() -> int:
        await asyncio.sleep(0)
        return await asyncio.get_running_loop().run_in_executor(None, lambda: 2)

    assert await Work(at_once(), copy_context()) == 1
    assert await Work(later(), copy_context()) == 2


async def test_error() -> None:
    """What the work raises reaches whoever awaits it."""

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        await Work(fail(), copy_context())


async def test_context_variables_are_its_own() -> None:
    """Neither side sees what the other sets, before and after a wait."""
    seen: list[str] = []

    async def work() -> None:
        seen.append(_variable.get())
        _variable.set("work's")
        await asyncio.sleep(0)
        seen.append(_variable.get())

    context = copy_context()
    _variable.set("caller's")
    await Work(work(), context)
    assert seen == ["unset", "work's"]
    assert _variable.get() == "caller's"


async def test_runs_in_the_task_of_its_caller() -> None:
    """A timeout within the work ends what it is around, and nothing else."""

    async def work() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "late"
        raise AssertionError

    assert await Work(work(), copy_context()) == "late"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


@pytest.mark.parametrize("delay", [None, 0, 60])
async def test_cancel(delay: int | None) -> None:
    """Cancelled work is told where it waits; before it begins, and on a bare yield, too."""
    cleaned: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60 if delay is None else delay)
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    under_way = Work(work(), copy_context())
    if delay is None:
        under_way.cancel()
    else:
        asyncio.get_running_loop().call_soon(under_way.cancel)
    with pytest.raises(asyncio.CancelledError):
        await under_way
    assert cleaned == [True]


async def test_cancelling_its_task_cancels_it() -> None:
    """Work ends with the task that carries it out."""
    began, cleaned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    async def caller() -> None:
        await Work(work(), copy_context())

    task = asyncio.create_task(caller())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned.is_set()


async def test_refused_cancellation() -> None:
    """Work that catches its cancellation goes on and is not cancelled again."""

    async def work() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return "went on"
        raise AssertionError

    under_way = Work(work(), copy_context())
    asyncio.get_running_loop().call_soon(under_way.cancel)
    assert await under_way == "went on"


async def test_begins_before_it_is_awaited() -> None:
    """Whoever begins work hears whether it has ended, and awaits only the rest of it."""
    steps: list[str] = []

    async def at_once() -> str:
        return "ended"

    async def work() -> str:
        steps.append("began")
        await asyncio.sleep(0)
        steps.append("went on")
        return "ended"

    ended, waiting = Work(at_once(), copy_context()), Work(work(), copy_context())
    assert ended.begin()
    assert ended.result == "ended"
    assert not waiting.begin()
    steps.append("waits")
    assert await waiting == waiting.result == "ended"
    assert steps == ["began", "waits", "went on"]


async def test_cancel_between_begin_and_await() -> None:
    """Work that was begun is cancelled where it waits."""

    async def work() -> None:
        await asyncio.Event().wait()

    under_way = Work(work(), copy_context())
    assert not under_way.begin()
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
