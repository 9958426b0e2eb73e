"""What people see on a terminal."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from innkeeper.launcher.console import Terminal, printable
from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.summary import Summary
from innkeeper.launcher.topology import ProcessPlan, Stage

PLAN = ProcessPlan("inner-1", ("inner",), 1, {}, Stage.SERVICE)
SUMMARY = Summary(
    pages={"Map": "http://localhost:5000/", "Registry": "http://localhost:8500/ui"},
    examples=("http://localhost:5000/hotels?a=1&b=2",),
    addresses={},
    instances={
        "inner-1": {"inner": "127.0.0.1:8081", "admin": "http://127.0.0.1:40001"},
        "traces-1": {"traces": "http://127.0.0.1:1", "otlp-grpc": "127.0.0.1:2"},
    },
    choices={"registry": "embedded, as CONSUL_HTTP_ADDR is not set"},
)


class Shown:
    """Reads back what was shown, without colours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self.terminal = Terminal(self._file.fileno())

    def close(self) -> None:
        self.terminal.close()
        self._file.close()

    def raw(self) -> str:
        self.close()
        return self._path.read_text()

    def lines(self) -> list[str]:
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.raw())
        return [line for line in text.splitlines() if line]

    def log(self, **fields: object) -> None:
        self.terminal.line(PLAN, json.dumps(fields).encode())


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with closing(Shown(tmp_path / "out")) as shown:
        yield shown


def event(state: State, **details: object) -> ProcessEvent:
    return ProcessEvent("inner-1", ("inner",), state, **details)  # type: ignore[arg-type]


def test_why_a_start_fails_is_said_once(shown: Shown) -> None:
    """The first reason is left to the last line of `up`; other ones are told, each once."""
    for reason in ("no data", "no data", "no disk", "no disk"):
        shown.terminal.process(event(State.DIED, status=2, reason=reason, for_good=True))
    shown.terminal.ready(SUMMARY, 1000)
    shown.terminal.process(event(State.DIED, status=2, reason="no data", for_good=True))
    assert [line for line in shown.lines() if "✗" in line] == [
        "✗ inner-1 cannot start",
        "✗ inner-1 cannot start",
        "✗ inner-1 cannot start: no disk",
        "✗ inner-1 cannot start",
        "✗ inner-1 cannot start: no data",
    ]


def test_the_life_of_a_process_is_told(shown: Shown) -> None:
    """Each step of a process that people care about is a line."""
    shown.terminal.process(event(State.STARTING, pid=1))
    shown.terminal.process(event(State.READY, ms=812))
    shown.terminal.process(event(State.DIED, status=-9))
    shown.terminal.process(event(State.RESTARTING, delay=0.2))
    shown.terminal.process(event(State.DIED, status=1, reason="SyntaxError: \x1b[2Jx"))
    shown.terminal.process(event(State.STOPPED))
    assert shown.lines() == [
        "✓ inner-1 ready in 812 ms",
        "✗ inner-1 died (by SIGKILL)",
        "↻ inner-1 starts again in 0.2 s",
        "✗ inner-1 died (exit status 1): SyntaxError: x",
        "· inner-1 stopped",
    ]


def test_addresses_are_listed_once_ready(shown: Shown) -> None:
    """Once the system runs, people see what to open, what to try, what listens where, and what
    was chosen and why."""
    shown.terminal.ready(SUMMARY, 1900)
    assert shown.lines() == [
        "Ready after 1.9 s",
        "  Map       http://localhost:5000/",
        "  Registry  http://localhost:8500/ui",
        '  Try       curl "http://localhost:5000/hotels?a=1&b=2"',
        "  inner-1   127.0.0.1:8081   admin http://127.0.0.1:40001",
        "  traces-1  traces http://127.0.0.1:1   otlp-grpc 127.0.0.1:2",
        "  Registry  embedded, as CONSUL_HTTP_ADDR is not set",
        "Ctrl-C stops everything",
    ]


def test_log_lines_say_who_when_and_in_which_trace(shown: Shown) -> None:
    """A log line shows instance, time, level, message and trace, and a traceback below."""
    shown.terminal.ready(SUMMARY, 1)
    shown.log(
        time="2026-11-22T17:37:46.388Z",
        level="ERROR",
        instance="inner-1",
        message="no",
        trace_id="ab",
        exception="Traceback\n  ValueError",
    )
    line, *below = shown.lines()[-3:]
    assert re.fullmatch(r"inner-1 \d\d:\d\d:46 ERROR   no trace=ab", line)
    assert [part.strip() for part in below] == ["Traceback", "ValueError"]


def test_only_trouble_is_shown_while_starting(shown: Shown) -> None:
    """Until everything is ready, log lines below WARNING stay out of the way."""
    shown.log(level="INFO", message="serving")
    shown.log(level="WARNING", message="trouble")
    shown.terminal.line(PLAN, b"Traceback")
    assert [line.split()[-1] for line in shown.lines()] == ["trouble", "Traceback"]


def test_output_cannot_steer_the_terminal(shown: Shown) -> None:
    """Control characters of whatever source do not reach the terminal, nor does markup count."""
    shown.log(level="WARNING", message="a\x1b[2J\x07\r\n[red]b", instance="\x1b]0;x\x07")
    raw = shown.raw()
    assert "a\\x07\\r\\n[red]b" in raw
    assert "\x1b[2J" not in raw
    assert "\x1b]" not in raw
    assert "\x07" not in raw


def test_instances_have_colours_of_their_own(shown: Shown) -> None:
    """Instances of different roles differ in colour, those of one role do not."""
    for name in ("inner-1", "outer-1", "inner-2"):
        shown.log(level="WARNING", instance=name, message="x")
    colours = re.findall(r"(\x1b\[[0-9;]+m)(?:inner|outer)-", shown.raw())
    assert colours[0] == colours[2] != colours[1]


def test_no_colour_means_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NO_COLOR is obeyed."""
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Shown(tmp_path / "plain")
    plain.log(level="ERROR", message="x")
    assert "\x1b[3" not in plain.raw()


def test_changes_and_waits_are_told(shown: Shown) -> None:
    """People hear what is waited for and what is restarted for which change."""
    shown.terminal.waiting(["inner-1", "outer-1"])
    shown.terminal.changed([Path(f"/x/{name}.py") for name in "abcd"], ["inner-1"])
    shown.terminal.stopping()
    assert shown.lines() == [
        "still waiting for inner-1, outer-1",
        "a.py, b.py, c.py … changed: restarting inner-1",
        "Stopping; Ctrl-C again ends everything at once",
    ]


def test_printable_text_stays() -> None:
    """Text of any language is shown as it is."""
    assert printable("Zürich – 東京") == "Zürich – 東京"
    assert printable("\ta\u202eb") == "    a\\u202eb"
