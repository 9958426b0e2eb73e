"""Failures under load: 64 connections ask without a pause and look closely at every answer, while
scenarios of `innkeeper chaos` are played. The time until full speed is printed.

Not one answer may be missing or wrong, but on connections of a frontend that is itself killed.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.system import System, system

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

DEADLINE = 2.0
"""Seconds that the frontend gives a request."""

Play = Callable[[System, str], dict[str, Any]]


@pytest.fixture(scope="module")
def two_of_each() -> Iterator[System]:
    """A system with two instances of each service, used by one scenario after another."""
    with system("--replicas", "2") as running:
        yield running


@pytest.fixture(scope="module")
def one_of_each() -> Iterator[System]:
    """The default: one instance of each."""
    with system() as running:
        yield running


@pytest.fixture
def play(capsys: pytest.CaptureFixture[str]) -> Play:
    """Plays a scenario and returns its record."""

    def play(running: System, scenario: str) -> dict[str, Any]:
        pid = str(running.command.process.pid)
        command = [sys.executable, "-m", "innkeeper", "chaos", scenario, "--json", "--up", pid]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
        assert ended.stdout, ended.stderr
        record: dict[str, Any] = json.loads(ended.stdout)
        with capsys.disabled():
            sys.stdout.write(_told(record))
        assert record["error"] is None
        return record

    return play


def _told(record: dict[str, Any]) -> str:
    callers = record["callers"]
    lines = [
        f"\n{record['scenario']}: {callers['good']} right answers, failed {callers['failed']},"
        f" slowest {callers['latency_ms']['max']:.0f} ms"
    ]
    for step in record["recovery"]:
        slow = "not before the next" if step["slow_seconds"] is None else step["slow_seconds"]
        lost = f", {step['failed']} failed" if step["failed"] else ""
        lines.append(f"  {step['offset']:6.2f} s  {step['what']}: full speed after {slow}{lost}")
    return "\n".join(lines) + "\n"


def failed(record: dict[str, Any]) -> int:
    """Answers that were wrong or missing and should not have been."""
    callers = record["callers"]
    return sum(callers["failed"].values()) - int(callers["excused"])


def became(record: dict[str, Any], state: str) -> list[str]:
    """The processes that entered a state."""
    return [event["instance"] for event in record["became"] if event["state"] == state]


def test_killed_instances(two_of_each: System, play: Play) -> None:
    """One of two instances of each service is killed, one after another."""
    record = play(two_of_each, "killed-instances")
    assert failed(record) == 0
    died = became(record, "died")
    assert [name.rpartition("-")[0] for name in died] == [
        "geo",
        "rate",
        "profile",
        "search",
        "frontend",
    ]
    assert became(record, "ready") == died
    assert record["callers"]["excused"] <= record["connections"]


def test_hung_instances(two_of_each: System, play: Play) -> None:
    """One of two instances of each service behind the frontend hangs for ten seconds."""
    record = play(two_of_each, "hung-instances")
    assert failed(record) == 0
    assert len(became(record, "hung")) == len(became(record, "resumed")) == 4


def test_rolling_restart(two_of_each: System, play: Play) -> None:
    """Everything but the registry is restarted, the frontends included."""
    record = play(two_of_each, "rolling-restart")
    assert failed(record) == 0
    assert len(became(record, "ready")) == 11
    assert became(record, "died") == []


def test_registry_outage(two_of_each: System, play: Play) -> None:
    """The registry is away for thirty seconds and comes back empty."""
    record = play(two_of_each, "registry-outage")
    assert failed(record) == 0
    assert became(record, "died") == ["registry-1"]


def test_registry_loss(two_of_each: System, play: Play) -> None:
    """The registry is killed, and comes back at once and empty, twice."""
    record = play(two_of_each, "registry-loss")
    assert failed(record) == 0
    assert became(record, "died") == ["registry-1", "registry-1"]


def test_collector_outage(two_of_each: System, play: Play) -> None:
    """The collector of traces is killed, and hangs."""
    record = play(two_of_each, "collector-outage")
    assert failed(record) == 0
    assert became(record, "hung") == ["traces-1"]


def test_bad_day(two_of_each: System, play: Play) -> None:
    """Slow and failing calls, kills, a hang and restarts come together."""
    assert failed(play(two_of_each, "bad-day")) == 0


def test_scale_out_and_in(one_of_each: System, play: Play) -> None:
    """Every service goes from one instance to three and back."""
    record = play(one_of_each, "scale-out-and-in")
    assert failed(record) == 0
    assert len(became(record, "ready")) == len(became(record, "stopped")) == 10


def test_only_instance_killed(one_of_each: System, play: Play) -> None:
    """While the only instance of a service is away answers are 503, within the deadline; within
    two seconds of its return all are right again."""
    callers, events = _parts(play(one_of_each, "only-instance-killed"))
    assert set(callers["failed"]) == {"status 503"}
    assert max(failure["seconds"] for failure in callers["failures"]) < DEADLINE + 0.5
    back = next(event["offset"] for event in events if event["state"] == "ready")
    assert callers["failures"][-1]["offset"] < back + 2
    assert callers["seconds"][-2]["failed"] == 0
    assert callers["seconds"][-2]["good"] > 0


def _parts(record: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return record["callers"], record["became"]
