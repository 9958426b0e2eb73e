"""The page about configuration names everything that can be set."""

import ast
import re
from collections.abc import Iterator

import click
import pytest

from innkeeper import cli
from innkeeper.settings import Settings
from innkeeper.wiring import ROLES
from tests.support.documents import ROOT, Document

PAGE = Document.read(ROOT / "docs" / "configuration.md")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


def variables() -> list[str]:
    """Every name of a variable that the settings read."""
    source = ast.parse((ROOT / "src" / "innkeeper" / "settings.py").read_text())
    texts = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}
    return sorted(text for text in texts if isinstance(text, str) and VARIABLE.fullmatch(text))


def commands(group: click.Group = cli.innkeeper, prefix: str = "") -> dict[str, click.Command]:
    """Every command by its words, those of groups included."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[f"{prefix}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
    return found


def options() -> Iterator[tuple[str, str]]:
    """Every option of every command that people are meant to use."""
    for name, command in commands().items():
        for parameter in command.get_params(click.Context(command)):
            if isinstance(parameter, click.Option) and not parameter.hidden:
                yield name, parameter.opts[-1]


def section(command: str) -> str:
    """What the page says about a command."""
    after = PAGE.text.partition(f"# `innkeeper {command}`\n")[2]
    return re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]


def test_finds_variables() -> None:
    """The variables are looked for where they are read."""
    assert {"CONSUL_HTTP_ADDR", "INNKEEPER_DATA", "OTEL_SDK_DISABLED"} <= set(variables())


@pytest.mark.parametrize("name", variables())
def test_variable(name: str) -> None:
    """Every variable has a row."""
    rows = [line for line in PAGE.text.splitlines() if line.startswith("| `")]
    assert any(f"`{name}`" in row.split("|")[1] for row in rows)


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("INNKEEPER_TRACES_MEMORY_MB", Settings.traces_memory_mb),
        ("INNKEEPER_DEADLINE", Settings().frontend.deadline),
        ("INNKEEPER_LOG_LEVEL", Settings.log_level),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", Settings().tracing.protocol),
    ],
)
def test_default(name: str, default: object) -> None:
    """The defaults are those of the code."""
    shown = f"{default:g}" if isinstance(default, float) else default
    assert f"| `{name}` | `{shown}` |" in PAGE.text


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_option(command: str, option: str) -> None:
    """Every option has a row in the section of its command."""
    assert f"| `{option}` |" in section(command)


@pytest.mark.parametrize("command", list(commands()))
def test_command(command: str) -> None:
    """Every command has its section."""
    assert section(command)


def test_ports() -> None:
    """The ports are those of the table of roles."""
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \|$", PAGE.text, re.MULTILINE)
    assert {name: int(port) for name, port in rows} == {
        listener: port for role in ROLES for listener, port in role.ports.items()
    }
