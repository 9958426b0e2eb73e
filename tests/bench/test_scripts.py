"""The benchmarks of the folder `bench`, as `make bench` runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m bench`."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_list() -> None:
    """Every benchmark is listed with what it measures; their helpers are not."""
    listed = dict(line.split(maxsplit=1) for line in bench("--list").stdout.splitlines())
    assert {"topologies", "tracing_span"} <= set(listed)
    assert "started" not in listed


@pytest.mark.parametrize("name", ["topologies", "tracing_span"])
def test_help(name: str) -> None:
    """Each says how it is called."""
    shown = bench(name, "--help")
    assert shown.returncode == 0
    assert "usage:" in shown.stdout


def test_unknown() -> None:
    """A benchmark that does not exist is said so in a line."""
    ended = bench("nothing")
    assert ended.returncode == 2
    assert ended.stderr == "bench: there is no nothing; --list names what there is\n"


def test_target_that_is_not_there() -> None:
    """A system to compare with that does not answer is said before anything is started."""
    ended = bench("topologies", "--against", "http://127.0.0.1:1")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("bench: nobody answers at http://127.0.0.1:1")
