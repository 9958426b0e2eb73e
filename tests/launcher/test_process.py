"""A real child process."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import psutil
import pytest

from innkeeper.launcher.lines import LONGEST_LINE
from innkeeper.launcher.process import Child, spawn
from tests.support.eventually import eventually
from tests.support.fake_roles import PROGRAM

Start = Callable[..., Awaitable[Child]]


@pytest.fixture
def output() -> list[bytes]:
    """What the processes wrote."""
    return []


@pytest.fixture
async def start(output: list[bytes]) -> AsyncIterator[Start]:
    """Starts a fake role with the given options; ends what is left."""
    children = []

    async def start(*options: str) -> Child:
        child = await spawn(
            lambda fd: [sys.executable, "-I", "-S", str(PROGRAM), str(fd), "inner-1", *options],
            {},
            [],
            output.append,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        await child.exited


async def test_a_process_says_that_it_is_ready(start: Start) -> None:
    """A process is ready when it says so, at the addresses that it names."""
    child = await start()
    assert await child.ready == {"inner": "127.0.0.1:1"}
    assert not child.exited.done()


async def test_nonsense_on_the_control_socket_is_ignored(start: Start) -> None:
    """Only what we understand on the control socket counts."""
    child = await start("--garbage")
    assert await child.ready == {"inner": "127.0.0.1:1"}


async def test_a_process_lives_in_a_session_of_its_own(start: Start) -> None:
    """The terminal's Ctrl-C does not reach a child."""
    child = await start()
    assert os.getsid(child.pid) == child.pid


async def test_a_process_is_asked_to_stop(start: Start) -> None:
    """A well-behaved process stops by itself."""
    child = await start()
    await child.ready
    await child.stop(limit=10)
    assert (await child.exited).status == 0


async def test_a_process_that_does_not_stop_is_ended(start: Start) -> None:
    """A process that ignores SIGTERM is killed after the limit."""
    child = await start("--ignore-sigterm")
    await child.ready
    await child.stop(limit=0.1)
    assert (await child.exited).status == -signal.SIGKILL


async def test_a_hung_process_is_woken_to_stop(start: Start) -> None:
    """A process that is suspended, and cannot hear SIGTERM, goes on for its end in good order."""
    child = await start()
    await child.ready
    child.signal(signal.SIGSTOP)
    await child.stop(limit=10)
    assert (await child.exited).status == 0


async def test_a_process_gives_the_reason_why_it_cannot_start(start: Start) -> None:
    """The reason on the control socket becomes the exit's, as one line."""
    child = await start("--fail", "geo.json:3 is\n no hotel")
    ended = await child.exited
    assert (ended.status, ended.failed, ended.reason) == (2, True, "geo.json:3 is no hotel")
    assert not child.ready.done()


async def test_last_words_explain_a_crash(start: Start) -> None:
    """The last line that a crashed process wrote is the reason, unless it was a log line."""
    child = await start("--crash", 'ImportError: x\n{"message": "a log line"}')
    ended = await child.exited
    assert (ended.status, ended.failed, ended.reason) == (1, False, "ImportError: x")


async def test_words_are_no_reason_for_being_killed(start: Start) -> None:
    """What a process wrote earlier does not explain why somebody killed it."""
    child = await start("--say", "hello")
    await child.ready
    child.kill()
    assert (await child.exited).reason is None


async def test_lines_of_a_process_are_handed_on(start: Start, output: list[bytes]) -> None:
    """What a process writes arrives line by line, the long ones cut."""
    child = await start("--say", "one", "--say", "x" * (LONGEST_LINE + 1))
    await eventually(lambda: len(output) == 2)
    assert output == [b"one", b"x" * LONGEST_LINE]
    await child.stop(limit=10)


async def test_a_flood_does_not_keep_a_process_from_stopping(
    start: Start, output: list[bytes]
) -> None:
    """A process that writes without end gets ready and stops all the same."""
    child = await start("--flood")
    await child.ready
    await eventually(lambda: len(output) > 100)
    await child.stop(limit=10)
    assert (await child.exited).status == 0


async def test_a_signal_to_a_process_that_ended_reaches_nobody(start: Start) -> None:
    """Once a process was waited for, its number belongs to others."""
    child = await start("--crash", "gone")
    await child.exited
    child.signal(signal.SIGKILL)
    await child.stop(limit=10)


async def test_nothing_stays_open(start: Start) -> None:
    """A process that is gone leaves no file descriptor behind."""
    first = await start()
    await first.stop(limit=10)
    before = psutil.Process().num_fds()
    for _ in range(5):
        child = await start()
        await child.ready
        await child.stop(limit=10)
    assert psutil.Process().num_fds() == before


async def test_a_process_that_cannot_be_started_leaves_nothing_open() -> None:
    """A program that does not exist raises, and no file descriptor stays."""
    with suppress(OSError):
        await spawn(lambda _: ["/does/not/exist"], {}, [], lambda line: None)
    before = psutil.Process().num_fds()
    with pytest.raises(FileNotFoundError):
        await spawn(lambda _: ["/does/not/exist"], {}, [], lambda line: None)
    assert psutil.Process().num_fds() == before


async def test_a_socket_is_handed_down() -> None:
    """A process answers on a listening socket that it inherits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fd = listener.fileno()
        child = await spawn(
            lambda control: [
                *(sys.executable, "-I", "-S", str(PROGRAM), str(control), "edge-1"),
                *("--answer-on", str(fd)),
            ],
            {},
            [fd],
            lambda line: None,
        )
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read() == b"edge-1"
        writer.close()
        await writer.wait_closed()
        await child.stop(limit=10)
