"""What wrk is told and what it says, with a stand-in; and the real one."""

import shutil
import stat
from itertools import islice
from pathlib import Path

import pytest

from innkeeper.bench import wrk
from innkeeper.bench.outcome import Latency
from innkeeper.bench.workload import Asking, questions
from innkeeper.errors import CannotStart

from .conftest import RIGHT, FakeSearch, collection


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a shell script in the place of wrk."""
    path = folder / "wrk"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(wrk, "installed", lambda: str(path))


def load(search: FakeSearch, connections: int = 4) -> "wrk.Outcome":
    """A short run."""
    return wrk.load(
        search.target,
        questions(Asking.VARIED, 1),
        connections=connections,
        duration=1.0,
        timeout=2.0,
    )


def test_reads_what_it_says(
    search: FakeSearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and percentiles come from the script's own line; wrk's percentiles are marked."""
    said = '{"microseconds":2000000,"good":500,"failed":{"reset":2},'
    said += '"p50":1000,"p90":2000,"p99":3000,"max":4500.5}'
    log = tmp_path / "log"
    stand_in(tmp_path, monkeypatch, f"echo \"$@\" > {log}; echo Running; echo 'innkeeper {said}'")
    outcome = load(search)
    assert (outcome.rate, outcome.failed) == (250, {"reset": 2})
    assert outcome.latency == Latency(1.0, 2.0, 3.0, 4.5005, corrected=True)
    assert f" {search.url} -- " in log.read_text()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo unable to connect >&2; exit 1", "unable to connect"),
        ("exit 3", "exit status 3"),
        ("echo Running", "Running"),
    ],
)
def test_failing_wrk(
    script: str, said: str, search: FakeSearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrk that does not do its work is one line with its own words."""
    stand_in(tmp_path, monkeypatch, script)
    with pytest.raises(CannotStart, match=said):
        load(search)


def test_missing_wrk(search: FakeSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrk that vanished is said so."""
    monkeypatch.setattr(wrk, "installed", lambda: "/nowhere/wrk")
    with pytest.raises(CannotStart, match="No such file"):
        load(search)


@pytest.mark.real
def test_real_wrk(search: FakeSearch) -> None:
    """The real wrk asks the given questions and sorts the answers as the other client does."""
    assert shutil.which("wrk"), "wrk is not installed: apt install wrk"
    bodies = [
        (503, b"{}"),
        (200, b""),
        (200, b"<html>"),
        (200, collection()),
        (200, collection("5", lat=48.1)),
        (200, RIGHT.replace(b"Hotel 3", b"")),
    ]
    search.answer = lambda number: bodies[number - 1] if number <= len(bodies) else (200, RIGHT)
    outcome = load(search)
    assert outcome.failed == {"status 503": 1, "empty body": 1, "wrong body": 3, "no hotels": 1}
    assert 0 < outcome.good <= len(search.asked)
    expected = {question.target for question in islice(questions(Asking.VARIED, 1), 50_000)}
    assert set(search.asked) <= expected
    assert search.hosts == {f"127.0.0.1:{search.port}"}
