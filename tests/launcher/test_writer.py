"""Writing that never waits for the reader."""

import os
from collections.abc import Iterator

import pytest

from innkeeper.launcher.writer import Writer


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The ends of a pipe, to read from and to write to."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def notice(dropped: int) -> str:
    return f"{dropped} dropped\n"


def test_texts_are_written_in_order(pipe: tuple[int, int]) -> None:
    """Everything is written, in order, by the time the writer is closed."""
    writer = Writer(pipe[1], notice)
    for number in range(100):
        writer.write(f"{number}\n")
    writer.close(limit=10)
    assert os.read(pipe[0], 65_536).decode().split() == [str(number) for number in range(100)]


def test_a_reader_that_waits_blocks_nobody(pipe: tuple[int, int]) -> None:
    """With the pipe full, writing and closing return; what was offered beyond the limit is not
    even rendered."""
    writer = Writer(pipe[1], notice, most_waiting=9)
    writer.write("x" * 1_000_000)
    # With something to read, the writer has taken the text and is busy with it.
    os.read(pipe[0], 1)
    rendered = []

    def render() -> str:
        rendered.append(1)
        return "y\n"

    for _ in range(20):
        writer.offer(render)
    assert len(rendered) == 5
    writer.close(limit=0.05)
    os.close(pipe[0])
    writer.close(limit=10)


def test_dropped_texts_are_counted(pipe: tuple[int, int]) -> None:
    """A reader that catches up is told how much it missed."""
    writer = Writer(pipe[1], notice, most_waiting=9)
    writer.write("x" * 1_000_000)
    # With something to read, the writer has taken the text and is busy with it.
    os.read(pipe[0], 1)
    for _ in range(20):
        writer.offer(lambda: "y\n")
    read = bytearray()
    while not read.endswith(b"15 dropped\n"):
        read += os.read(pipe[0], 65_536)
    assert read == b"x" * 999_999 + b"y\n" * 5 + b"15 dropped\n"
    writer.close(limit=10)


def test_a_reader_that_is_gone_is_no_error(pipe: tuple[int, int]) -> None:
    """Once nobody can read, texts are let go."""
    writer = Writer(pipe[1], notice)
    os.close(pipe[0])
    for _ in range(10):
        writer.write("x\n")
    writer.close(limit=10)


def test_a_descriptor_that_would_block_is_waited_for(pipe: tuple[int, int]) -> None:
    """A pipe that somebody made non-blocking gets everything all the same."""
    os.set_blocking(pipe[1], False)
    writer = Writer(pipe[1], notice)
    writer.write("x" * 1_000_000)
    read = 0
    while read < 1_000_000:
        read += len(os.read(pipe[0], 65_536))
    writer.close(limit=10)
