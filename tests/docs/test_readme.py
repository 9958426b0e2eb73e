"""The README: whoever follows it to the letter sees what it says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from innkeeper.wiring import ROLES
from tests.support.documents import ROOT, Document, part_of
from tests.support.system import System, eventually, system

README = Document.read(ROOT / "README.md")
# Variables of the machine that would lead a snippet elsewhere.
STEERING = ("CONSUL_", "OTEL_", "INNKEEPER_")


def snippet(word: str) -> str:
    """The one Python block that has this word in it."""
    (found,) = [block.text for block in README.blocks("python") if word in block.text]
    return found


@contextmanager
def program(source: str, running: System) -> Iterator[subprocess.Popen[str]]:
    """The snippet as a process, told where registry and collector are as a user would."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(STEERING)},
        "CONSUL_HTTP_ADDR": running.addresses["registry"].removeprefix("http://"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{running.addresses['otlp-grpc']}",
    }
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "support" / "run_snippet.py"), source],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_answer(running: System) -> None:
    """The curl line gets the answer that is shown, with more beside it."""
    (line,) = [command for command in README.commands() if "/hotels?" in command]
    path = re.fullmatch(r'curl "http://localhost:5000(/\S+)"', line)
    assert path is not None
    (shown,) = README.blocks("json")
    real = running.http.get(running.addresses["frontend"] + path[1]).json()
    assert part_of(json.loads(shown.text), real)
    assert len(real["features"]) == 16
    assert {"address", "description", "images", "rating", "plans"} <= set(
        real["features"][0]["properties"]
    )


def test_link(running: System) -> None:
    """The answer names its own trace, in the form that is shown."""
    link = running.stay().headers["link"]
    assert re.fullmatch(r'<http://\S+/trace/[0-9a-f]{32}>; rel="trace"', link)
    assert "link: <http://localhost:16686/trace/…>" in README.text


@pytest.mark.parametrize("word", ["tracing", "registry"])
def test_snippets_are_short(word: str) -> None:
    """To be traced or registered takes fewer than six lines."""
    assert len(snippet(word).splitlines()) < 6


def test_trace_snippet(running: System) -> None:
    """The call that initialises a tracer, and a span, make a trace of that service."""
    source = snippet("tracing").replace('"billing"', '"billing-of-the-readme"')
    with program(source, running) as process:
        output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "")

    def operations() -> list[str]:
        path = "/api/services/billing-of-the-readme/operations"
        found: list[str] = running.get(path, "traces").json()["data"]
        return found

    assert eventually(operations) == ["invoice"]


def test_registry_snippet(running: System) -> None:
    """The service is in the registry with name and port while the block runs, and not after."""

    def entries() -> list[Any]:
        found: list[Any] = running.get("/v1/catalog/service/billing", "registry").json()
        return found

    assert entries() == []
    with program(snippet("registry"), running) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        (entry,) = entries()
        output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "")
    assert (entry["ServiceName"], entry["ServicePort"]) == ("billing", 9000)
    assert entries() == []


def test_failure_to_try() -> None:
    """The command of the README kills the one instance; with a second one no request fails
    meanwhile, nor when an instance hangs or is replaced."""
    typed = [words.split()[1:] for words in README.commands() if "/innkeeper " in words]
    broken = [words for words in typed if words[0] in ("kill", "hang", "restart")]
    assert [words[0] for words in broken] == ["kill", "hang", "restart"]
    with system("--replicas", "geo=2") as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        eventually(lambda: len(running.passing("geo")) == 2)
        before = running.passing("geo")["geo-1"]
        statuses = []
        for did, whom, *rest in broken:
            # The other roles are rolled by the tests of failures under load.
            rest = [word for word in rest if word not in running.addresses]
            words = [did, whom, *rest, "--up", str(running.command.process.pid)]
            command = [sys.executable, "-m", "innkeeper", *words]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                while process.poll() is None:
                    statuses.append(running.stay().status_code)
            assert process.returncode == 0
        eventually(lambda: running.passing("geo").get("geo-1", before) != before)
        assert set(statuses) == {200}


def test_addresses() -> None:
    """The addresses to open are those of pages that the roles offer on their usual ports."""
    offered = {
        f"http://localhost:{role.ports[role.name]}{path}"
        for role in ROLES
        for path in role.pages.values()
    }
    assert offered == set(re.findall(r"<(http://localhost:\S+)>[ ;|]", README.text))
