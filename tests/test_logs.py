"""What a process writes when it logs."""

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from innkeeper import logs

SAMPLED = NonRecordingSpan(SpanContext(0xABC, 1, False, TraceFlags(1)))
UNSAMPLED = NonRecordingSpan(SpanContext(0xABC, 1, False, TraceFlags(0)))
LOG = logging.getLogger("innkeeper.trial")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Put the root logger back as pytest set it up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    for name in logs.TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def machine() -> io.StringIO:
    """What is written where no terminal is."""
    stream = io.StringIO()
    logs.configure("INFO", "geo", "geo-1", stream)
    return stream


@pytest.fixture
def terminal() -> Terminal:
    stream = Terminal()
    logs.configure("INFO", "geo", "geo-1", stream, colour=False)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_json_for_machines(machine: io.StringIO) -> None:
    """Time, level, logger, role, instance and message, and nothing without cause."""
    LOG.info("serving %s", "geo")
    (line,) = lines(machine)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {
        "level": "INFO",
        "logger": "innkeeper.trial",
        "role": "geo",
        "instance": "geo-1",
        "message": "serving geo",
    }


def test_a_readable_line_for_people(terminal: Terminal) -> None:
    """Time, instance, level and message."""
    LOG.warning("no instance of %s", "rate")
    assert re.fullmatch(r"\d\d:\d\d:\d\d geo-1 WARNING no instance of rate\n", terminal.getvalue())


def test_colours_are_for_terminals() -> None:
    """The level is coloured, and the colour ends with it."""
    stream = Terminal()
    logs.configure("INFO", "geo", "geo-1", stream)
    LOG.error("gone")
    assert "\x1b[31mERROR  \x1b[0m gone" in stream.getvalue()


def test_a_sampled_trace_is_named(machine: io.StringIO) -> None:
    """Only one that can be found: an unsampled one leads nowhere."""
    with use_span(SAMPLED):
        LOG.info("in")
    with use_span(UNSAMPLED):
        LOG.info("unsampled")
    LOG.info("out")
    assert [line.get("trace_id") for line in lines(machine)] == [f"{0xABC:032x}", None, None]


def test_people_see_the_trace_too(terminal: Terminal) -> None:
    """At the end of the line."""
    with use_span(SAMPLED):
        LOG.info("in")
    assert terminal.getvalue().endswith(f"in trace={0xABC:032x}\n")


def test_an_exception_stays_with_its_record(machine: io.StringIO, terminal: Terminal) -> None:
    """One line of JSON holds the traceback; for people it stands below, indented."""
    people = logging.getLogger().handlers[:]
    logs.configure("INFO", "geo", "geo-1", machine)
    logging.getLogger().handlers += people
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        LOG.exception("failed")
    (line,) = lines(machine)
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ZeroDivisionError: integer division or modulo by zero")
    first, *below = terminal.getvalue().splitlines()
    assert first.endswith("ERROR   failed")
    assert all(text.startswith("    ") for text in below)


@settings(deadline=None)
@given(st.text())
def test_a_message_is_one_line_whatever_it_holds(text: str) -> None:
    """Neither format lets a message end its line or steer the terminal."""
    for stream in (io.StringIO(), Terminal()):
        logs.configure("INFO", "geo", "geo-1", stream, colour=False)
        LOG.info("%s", text)
        written = stream.getvalue()
        assert len(written.splitlines()) == 1
        assert "\x1b" not in written
        assert not re.search("[\x80-\x9f\u202a-\u202e\u2066-\u2069]", written)


def test_escapes_can_be_read() -> None:
    """What was escaped is still to be seen; other languages are left alone."""
    terminal = Terminal()
    # Here and not in a fixture, so that pytest does not catch the record, too: its report could
    # not be written.
    logs.configure("INFO", "geo", "geo-1", terminal, colour=False)
    LOG.info("a\nb\x1b[31mc\u202ed\ud800 Zürich 旅館")
    assert terminal.getvalue().endswith("a\\nb\\x1b[31mc\\u202ed\\ud800 Zürich 旅館\n")


def test_below_the_level_nothing_is_written(machine: io.StringIO) -> None:
    """The libraries speak up only when something is wrong."""
    LOG.debug("detail")
    logging.getLogger("aiohttp.access").info("GET /metrics")
    logging.getLogger("asyncio").warning("slow")
    assert [line["message"] for line in lines(machine)] == ["slow"]


def test_at_debug_the_libraries_speak() -> None:
    """Whoever asks for all gets all."""
    stream = io.StringIO()
    logs.configure("DEBUG", "geo", "geo-1", stream)
    logging.getLogger("aiohttp.access").info("GET /metrics")
    assert [line["logger"] for line in lines(stream)] == ["aiohttp.access"]


async def test_in_a_process_of_several_roles_each_speaks_for_itself(machine: io.StringIO) -> None:
    """Tasks begun by a role speak as that role, wherever they go on."""

    async def later() -> None:
        await asyncio.sleep(0)
        LOG.info("later")

    with logs.speaking_as("rate", "rate-2"):
        task = asyncio.create_task(later())
        LOG.info("now")
    LOG.info("outside")
    await task
    assert [(line["message"], line["role"], line["instance"]) for line in lines(machine)] == [
        ("now", "rate", "rate-2"),
        ("outside", "geo", "geo-1"),
        ("later", "rate", "rate-2"),
    ]


def test_a_wrong_format_is_no_reason_to_fail() -> None:
    """The record is written as far as it can be."""
    stream = io.StringIO()
    logs.configure("INFO", "geo", "geo-1", stream)
    LOG.info("%d rooms", "many")
    assert lines(stream)[0]["message"].startswith("'%d rooms' cannot be filled in: TypeError")


def test_warnings_are_logged(machine: io.StringIO) -> None:
    """A library's deprecation is a line like any other."""
    logging.getLogger("py.warnings").warning("old")
    assert lines(machine)[0]["logger"] == "py.warnings"


def test_configuring_twice_writes_once(machine: io.StringIO) -> None:
    """The last call wins."""
    logs.configure("INFO", "geo", "geo-1", machine)
    LOG.info("once")
    assert len(lines(machine)) == 1


@pytest.mark.parametrize("close", [True, False])
def test_a_closed_pipe_is_no_reason_to_fail(close: bool) -> None:
    """Neither a reader that went nor a closed stream ends the process or is told to anybody."""
    program = f"""
import logging, sys
from innkeeper import logs
logs.configure("INFO", "geo", "geo-1")
sys.stdin.read()
if {close}: sys.stderr.close()
for _ in range(3): logging.getLogger("x").info("nobody reads this")
print("went on")
"""
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=writer,
    ) as child:
        os.close(reader)
        os.close(writer)
        output, _ = child.communicate(b"")
    assert output == b"went on\n"
    assert child.returncode == 0
