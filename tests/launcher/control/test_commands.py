"""The commands to a running system as people type them."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from innkeeper.cli import main
from innkeeper.launcher.control import client
from innkeeper.launcher.control.table import line


class FakeUp:
    """Answers every command with the same facts, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []

    async def ask(self, command: str, **arguments: Any) -> AsyncGenerator[dict[str, Any], None]:
        self.asked.append({"command": command, **arguments})
        for fact in self.facts:
            yield fact

    async def all(self, command: str, **arguments: Any) -> list[dict[str, Any]]:
        return [fact async for fact in self.ask(command, **arguments)]


@pytest.fixture
def up(monkeypatch: pytest.MonkeyPatch) -> FakeUp:
    up = FakeUp()
    monkeypatch.setattr(client, "find", lambda folder, wanted: up)
    return up


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ("kill geo-1", {"command": "kill", "instance": "geo-1", "signal": 9, "for": None}),
        (
            "kill geo-1 --signal term --for 500ms",
            {"command": "kill", "instance": "geo-1", "signal": 15, "for": 0.5},
        ),
        ("hang geo-2 --for 10s", {"command": "hang", "instance": "geo-2", "for": 10.0}),
        ("resume geo-2", {"command": "resume", "instance": "geo-2"}),
        ("restart geo search-1", {"command": "restart", "targets": ("geo", "search-1")}),
        ("scale geo=3", {"command": "scale", "name": "geo", "wanted": 3}),
        (
            "fault geo --latency 200ms --errors 5% --seed 7",
            {"role": "geo", "latency": 0.2, "errors": 0.05, "seed": 7, "for": None},
        ),
        ("fault geo --clear", {"role": "geo", "latency": None, "errors": None, "seed": 0}),
    ],
)
def test_what_is_asked(up: FakeUp, arguments: str, asked: dict[str, Any]) -> None:
    """Options become what `up` is asked for."""
    assert main(arguments.split()) == 0
    assert asked.items() <= up.asked[0].items()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("kill geo-1 --signal nonsense", "'nonsense' is no signal like KILL, TERM or 15"),
        ("kill geo-1 --signal 999", "'999' is no signal"),
        ("kill geo-1 --signal STOP", "use `innkeeper hang`"),
        ("kill", "Missing argument 'INSTANCE'"),
        ("hang geo-1 --for soon", "'soon' is not a time like 5s, 500ms or 1m"),
        ("scale geo", "'geo' is not like geo=3"),
        ("scale =3", "'=3' is not like geo=3"),
        ("fault geo", "say --latency TIME or --errors SHARE, or --clear"),
        ("fault geo --errors 101%", "'101%' is not a share like 5% or 0.05"),
        ("fault geo --errors x", "'x' is not a share"),
        ("fault geo --clear --latency 1s", "--clear goes with nothing else"),
        ("restart", "Missing argument 'INSTANCE|ROLE…'"),
    ],
)
def test_what_is_wrong_is_one_line(
    up: FakeUp, arguments: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong command line is one line, and nothing is asked."""
    assert main(arguments.split()) == 2
    said = capsys.readouterr().err
    assert text in said
    assert said.count("\n") == 1
    assert up.asked == []


@pytest.mark.parametrize("command", ["ps", "kill geo-1", "scale geo=2", "chaos bad-day"])
def test_nobody_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """Without a running system each command says so in one line."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(command.split()) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == ("innkeeper: no `innkeeper up` of this user is running: start one first")


PROCESSES = [
    {
        "instance": "geo-1",
        "roles": ["geo"],
        "pid": 4711,
        "state": "ready",
        "addresses": {"geo": "127.0.0.1:8081", "admin": "http://127.0.0.1:1"},
        "uptime": 3700.0,
        "restarts": 2,
        "memory_mb": 41.6,
    },
    {
        "instance": "rate-1",
        "roles": ["rate"],
        "pid": None,
        "state": "restarting",
        "addresses": {},
        "uptime": None,
        "restarts": 0,
        "memory_mb": None,
    },
]


def test_processes_in_rows(up: FakeUp, capsys: pytest.CaptureFixture[str]) -> None:
    """Each process has a row with what is known of it."""
    up.facts = PROCESSES
    assert main(["ps"]) == 0
    _, geo, rate = (row.split() for row in capsys.readouterr().out.splitlines())
    assert " ".join(geo) == "geo-1 geo 4711 ready 127.0.0.1:8081 1 h 1 min 2 42 MB"
    assert rate == ["rate-1", "rate", "–", "restarting", "–", "–", "0", "–"]


def test_processes_as_json(up: FakeUp, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get all there is."""
    up.facts = PROCESSES
    assert main(["ps", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == PROCESSES


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ({"did": "kill", "pid": 3, "signal": "SIGTERM"}, "geo-1 (pid 3) got SIGTERM"),
        ({"did": "hang", "pid": 3, "seconds": 2.5}, "geo-1 (pid 3) hangs for 2.5 s"),
        ({"did": "hang", "pid": 3, "seconds": None}, "hangs until `innkeeper resume geo-1`"),
        ({"did": "resume", "pid": 3}, "geo-1 (pid 3) goes on"),
        ({"did": "restart", "pid": 3, "seconds": 1.04}, "serves, 1.0 s after the old one was told"),
        ({"did": "add", "pid": 3, "seconds": 1.26}, "geo-1 (pid 3) serves after 1.3 s"),
        ({"did": "remove"}, "geo-1 is gone"),
        (
            {"did": "fault", "role": "geo", "latency": 0.2, "errors": 0.05, "for": 30},
            "geo-1: calls of geo: 200 ms more, 5 % fail, for 30 s",
        ),
        ({"did": "fault", "role": "geo"}, "geo-1: calls of geo go well"),
    ],
)
def test_what_was_done_is_said(fact: dict[str, Any], text: str) -> None:
    """Everything that was done is a line."""
    assert text in line({"instance": "geo-1", **fact})


def test_commands_print_as_they_go(up: FakeUp, capsys: pytest.CaptureFixture[str]) -> None:
    """A command prints what was done."""
    up.facts = [{"did": "remove", "instance": "geo-3"}, {"did": "remove", "instance": "geo-2"}]
    assert main(["scale", "geo=1"]) == 0
    assert capsys.readouterr().out == "geo-3 is gone\ngeo-2 is gone\n"
