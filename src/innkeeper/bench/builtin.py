"""The load generator that is always there: asyncio, one process, its own HTTP client.

Times run from the moment a question is handed to the kernel until its whole answer is read; nothing
is corrected. It takes more CPU than wrk, so on the same machine it reaches lower rates.
"""

import asyncio
import contextlib
import resource
from collections.abc import Iterator
from time import perf_counter

import uvloop

from innkeeper.bench.check import Judge
from innkeeper.bench.connection import REFUSED, TIMEOUT, Connection, Tally
from innkeeper.bench.outcome import Outcome, latency_of
from innkeeper.bench.target import Target
from innkeeper.bench.workload import Question

_SWEEP = 0.1
_PAUSE = 0.05
"""Seconds between attempts to connect to a target that refuses."""


def load(
    target: Target,
    questions: Iterator[Question],
    judge: Judge,
    *,
    connections: int,
    duration: float,
    timeout: float,
) -> Outcome:
    """Ask over so many connections for so many seconds, each once at least; a question waits at
    most `timeout`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_load(target, questions, judge, connections, duration, timeout))


async def _load(
    target: Target,
    questions: Iterator[Question],
    judge: Judge,
    count: int,
    duration: float,
    timeout: float,
) -> Outcome:
    cpu = _cpu()
    tally = Tally(end=perf_counter() + duration)
    await ask(target, questions, judge, tally, connections=count, timeout=timeout)
    return Outcome(
        seconds=duration,
        good=tally.good,
        failed=dict(tally.failed),
        latency=latency_of(tally.seconds),
        client_cpu=_cpu() - cpu,
    )


async def ask(
    target: Target,
    questions: Iterator[Question],
    judge: Judge,
    tally: Tally,
    *,
    connections: int,
    timeout: float,
) -> None:
    """Ask over so many connections until the tally's end, which may change meanwhile."""
    asking = [Connection(target, questions, judge, tally) for _ in range(connections)]
    sweeper = asyncio.create_task(_sweep(asking, timeout))
    try:
        async with asyncio.TaskGroup() as group:
            for connection in asking:
                group.create_task(_keep_asking(target, connection, tally, timeout))
    finally:
        sweeper.cancel()
        for connection in asking:
            connection.close()


async def _keep_asking(
    target: Target, connection: Connection, tally: Tally, timeout: float
) -> None:
    """Connect, and again whenever the connection ends, until the time is over."""
    loop = asyncio.get_running_loop()
    while True:
        began = perf_counter()
        try:
            async with asyncio.timeout(timeout):
                await loop.create_connection(
                    lambda: connection,
                    target.address,
                    target.port,
                    ssl=target.tls,
                    server_hostname=target.name if target.tls else None,
                )
        except TimeoutError:
            tally.wrong(TIMEOUT, began, perf_counter())
        except OSError:
            tally.wrong(REFUSED, began, perf_counter())
            await asyncio.sleep(_PAUSE)
        else:
            await connection.closed.wait()
        if perf_counter() >= tally.end:
            return


async def _sweep(connections: list[Connection], timeout: float) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(_SWEEP)
            before = perf_counter() - timeout
            for connection in connections:
                connection.give_up(before)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
