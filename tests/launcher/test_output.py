"""Lines of JSON for programs."""

import json
from pathlib import Path

import pytest

from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.output import JsonLines, parse_log
from innkeeper.launcher.summary import Summary
from innkeeper.launcher.topology import ProcessPlan, Stage

PLAN = ProcessPlan("together-1", ("inner", "outer"), 1, {}, Stage.SERVICE)


class Told:
    """Reads back what was told."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self.output = JsonLines(self._file.fileno())

    def lines(self) -> list[str]:
        self.output.close()
        self._file.close()
        return self._path.read_text().splitlines()

    def events(self) -> list[dict[str, object]]:
        return [
            {name: value for name, value in json.loads(line).items() if name != "time"}
            for line in self.lines()
        ]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "out")


def test_readiness_names_all_addresses(told: Told) -> None:
    """The event that tests wait for says where everything is."""
    summary = Summary(
        pages={"Page": "http://localhost:5000/"},
        examples=(),
        addresses={"edge": "http://localhost:5000", "inner": "127.0.0.1:8081"},
        instances={"inner-1": {"inner": "127.0.0.1:8081"}},
        choices={"registry": "embedded"},
    )
    told.output.ready(summary, 1234)
    assert told.events() == [
        {
            "event": "ready",
            "ms": 1234,
            "addresses": {"edge": "http://localhost:5000", "inner": "127.0.0.1:8081"},
            "instances": {"inner-1": {"inner": "127.0.0.1:8081"}},
            "pages": {"Page": "http://localhost:5000/"},
            "choices": {"registry": "embedded"},
        }
    ]


def test_everything_else_is_an_event_too(told: Told) -> None:
    """Whatever happens is one line with an event's name."""
    told.output.process(ProcessEvent("inner-1", ("inner",), State.READY, pid=7, ms=8))
    told.output.waiting(["outer-1"])
    told.output.changed([Path("/a.py")], ["inner-1"])
    told.output.stopping()
    assert told.events() == [
        {
            "event": "process",
            "instance": "inner-1",
            "roles": ["inner"],
            "state": "ready",
            "pid": 7,
            "ms": 8,
        },
        {"event": "waiting", "for": ["outer-1"]},
        {"event": "changed", "paths": ["/a.py"], "restarts": ["inner-1"]},
        {"event": "stopping"},
    ]


def test_log_lines_pass_through(told: Told) -> None:
    """A log line of a process comes out as it came in."""
    line = '{"time": "t", "level": "INFO", "instance": "inner-1", "message": "ü"}'
    told.output.line(PLAN, line.encode())
    assert told.lines() == [line]


@pytest.mark.parametrize("line", ["Traceback …", "{no json", "[1]", '"text"'])
def test_other_output_becomes_a_log_line(told: Told, line: str) -> None:
    """What is no log line becomes one, of the process that wrote it."""
    told.output.line(PLAN, line.encode())
    assert told.events() == [
        {"level": "WARNING", "role": "inner+outer", "instance": "together-1", "message": line}
    ]


def test_bytes_that_are_no_text_are_replaced(told: Told) -> None:
    """Output that is no UTF-8 does no harm."""
    told.output.line(PLAN, b"\xff")
    assert told.events()[0]["message"] == "�"


def test_only_objects_are_log_lines() -> None:
    """A log line is a JSON object."""
    assert parse_log(b'{"message": "x"}') == {"message": "x"}
    assert parse_log(b"1") is None
    assert parse_log(b"{") is None
