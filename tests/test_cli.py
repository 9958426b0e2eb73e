"""The commands as people type them."""

import ast
import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import innkeeper.__main__
from innkeeper import wiring
from innkeeper.cli import CANNOT_START_UNDER_CONTROL, main
from innkeeper.cli import innkeeper as group
from innkeeper.errors import CannotStart
from innkeeper.host.options import ServeOptions
from innkeeper.launcher import up as launcher_up
from innkeeper.launcher.topology import Options
from innkeeper.settings import Settings


class Served:
    """Stands in for the hosting of roles."""

    def __init__(self) -> None:
        self.options = ServeOptions(())
        self.settings = Settings()
        self.error: CannotStart | None = None

    def __call__(self, options: ServeOptions, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        if self.error:
            raise self.error


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    served = Served()
    monkeypatch.setattr(wiring, "serve", served)
    return served


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What `up` asked the launcher for; nothing is started."""
    asked: list[Options] = []

    class FakeUp:
        def __init__(self, options: Options, roles: object, settings: Settings) -> None:
            asked.append(options)

        async def run(self, output: object) -> int:
            return 0

    monkeypatch.setattr(launcher_up, "Up", FakeUp)
    return asked


@pytest.mark.parametrize("command", [[], *([name] for name in group.commands)])
def test_every_command_explains_itself(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has help with an example."""
    assert main([*command, "--help"]) == 0
    assert "Example" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["data"]])
def test_summaries_of_commands_are_not_cut(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command has its line, which ends with its sentence."""
    assert main([*command, "--help"]) == 0
    _, summaries = capsys.readouterr().out.split("Commands:\n")
    assert [line for line in summaries.splitlines() if not line.endswith(".")] == []
    assert "..." not in summaries


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """--version names the package and its version."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("innkeeper 0.")


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["up", "--replicas", "geo"], 2, "'geo' is not like search=3 or 3 (see innkeeper up --h"),
        (["up", "--replicas", "geo=1,geo=2"], 2, "geo is there twice"),
        (["up", "--replicas", "2,3"], 2, "the number for every service is there twice"),
        (["up", "--replicas", "x=2"], 1, "no role is called 'x'; the roles are registry, traces"),
        (["up", "--without", "x"], 1, "--without: no role is called 'x'"),
        (["up", "--port", "geo=70000"], 2, "the number must be from 0 to 65535"),
        (["up", "--port", "5001"], 1, "--port 5001: say what it is for, --port ROLE=PORT"),
        (["up", "--port", "geo=1", "--port", "geo=2"], 1, "--port geo=2: geo has 1 already"),
        (["up", "--bind", "example.org"], 1, "--bind example.org: give an IP address"),
        (["serve", "geo", "--bind", "example.org"], 1, "--bind example.org: give an IP address"),
        (["serve", "geo", "--advertise", "x"], 1, "--advertise x: give an IP address"),
        (["up", "--nonsense"], 2, "No such option '--nonsense'"),
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["serve"], 2, "Missing argument 'ROLE…'"),
        (["serve", "x"], 1, "serve: no role is called 'x'; the roles are registry"),
        (["serve", "geo", "geo"], 1, "geo is named twice"),
        (["serve", "geo", "rate", "--port", "1"], 1, "--port 1: say what it is for"),
        (["serve", "geo", "--port", "rate=1"], 1, "no listener 'rate', only geo"),
        (["serve", "geo", "--instance", "0"], 2, "0 is not in the range x>=1"),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: list[str], status: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong command line gives one line on standard error and a status that is not 0."""
    assert main(arguments) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("innkeeper: ")
    assert captured.err.count("\n") == 1
    assert text in captured.err


def test_a_wrong_environment_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A variable that cannot be meant is named."""
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "ftp://x")
    assert main(["up"]) == 1
    assert capsys.readouterr().err.startswith("innkeeper: CONSUL_HTTP_ADDR is 'ftp://x': set it")


def test_up_asks_for_what_was_typed(asked: list[Options], tmp_path: Path) -> None:
    """Every option of `up` reaches the launcher."""
    arguments = [
        *("up", "--together", "--replicas", "search=3,geo=2", "--without", "rate,profile"),
        *("--without", "traces", "--port", "frontend=5001", "--port", "otlp-grpc=5002"),
        *("--free-ports", "--reload", "--data", str(tmp_path), "--bind", "0.0.0.0"),
        *("--advertise", "10.0.0.5"),
    ]
    assert main(arguments) == 0
    assert asked == [
        Options(
            together=True,
            replicas={"search": 3, "geo": 2},
            without=frozenset({"rate", "profile", "traces"}),
            ports={"frontend": 5001, "otlp-grpc": 5002},
            free_ports=True,
            reload=True,
            data=str(tmp_path),
            bind="0.0.0.0",
            advertise="10.0.0.5",
        )
    ]


def test_up_alone_asks_for_everything(asked: list[Options]) -> None:
    """Without options `up` starts the usual system; a number alone is for every service."""
    assert main(["up"]) == 0
    assert main(["up", "--replicas", "2"]) == 0
    assert asked == [Options(), Options(replicas={"": 2})]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["geo"], {"roles": ("geo",), "ports": {"geo": 8081}}),
        (["geo", "--port", "9"], {"roles": ("geo",), "ports": {"geo": 9}}),
        (["geo", "--instance", "2"], {"roles": ("geo",), "instance": 2, "ports": {"geo": 0}}),
        (
            ["search", "geo", "--port", "geo=9"],
            {"roles": ("search", "geo"), "ports": {"search": 8084, "geo": 9}},
        ),
        (
            ["frontend", "--listen-fd", "frontend=7", "--managed", "--bind", "::1"],
            {
                "roles": ("frontend",),
                "ports": {"frontend": 5000},
                "listen_fds": {"frontend": 7},
                "managed": True,
                "bind": "::1",
            },
        ),
        (
            ["traces", "--port", "otlp-http=9", "--advertise", "10.0.0.5"],
            {
                "roles": ("traces",),
                "ports": {"traces": 16686, "otlp-grpc": 4317, "otlp-http": 9},
                "advertise": "10.0.0.5",
            },
        ),
    ],
)
def test_serve_hosts_what_was_typed(
    arguments: list[str], expected: Mapping[str, Any], served: Served
) -> None:
    """Every option of `serve` reaches the host, with the ports filled in."""
    assert main(["serve", *arguments]) == 0
    assert served.options == ServeOptions(**expected)


def test_serve_takes_the_data_folder(served: Served, tmp_path: Path) -> None:
    """--data goes before the environment."""
    assert main(["serve", "geo", "--data", str(tmp_path)]) == 0
    assert served.settings.data == str(tmp_path)


def test_serve_that_cannot_start_is_one_line(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """What keeps `serve` from starting is one line on standard error."""
    served.error = CannotStart("geo.json, record 3:\n no latitude")
    assert main(["serve", "geo"]) == 1
    assert capsys.readouterr().err == "innkeeper: geo.json, record 3: no latitude\n"


@pytest.mark.parametrize("role", ["geo", "nonsense"])
def test_a_launched_serve_tells_the_launcher(
    role: str, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under a launcher the reason goes to the control socket, and the status says that trying
    again would not help."""
    served.error = CannotStart("no data")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        status = main(["serve", role, "--control-fd", str(theirs.fileno())])
        event = json.loads(ours.recv(4096))
    assert status == CANNOT_START_UNDER_CONTROL
    assert event["event"] == "failed"
    assert ("no data" if role == "geo" else "no role is called 'nonsense'") in event["reason"]
    assert capsys.readouterr().err == ""


def test_old_pythons_can_read_the_beginning() -> None:
    """The first module parses on Pythons that are too old."""
    path = innkeeper.__main__.__file__
    assert path
    ast.parse(Path(path).read_text(), feature_version=(3, 4))


def test_an_old_python_is_one_line() -> None:
    """On a Python that is too old, one line says which is needed."""
    run = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, runpy; sys.version_info = (3, 8, 1);"
            " runpy.run_module('innkeeper', run_name='__main__')",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == "innkeeper: needs Python 3.11 or newer, this is 3.8\n"


def test_the_launcher_is_light() -> None:
    """What `up` needs imports none of the heavy libraries: it only starts who does."""
    heavy = ("aiohttp", "google", "grpc", "litestar", "opentelemetry", "rich", "watchfiles")
    run = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, innkeeper.cli, innkeeper.launcher.up, innkeeper.wiring\n"
            f"print([name for name in {heavy} if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "[]\n"
