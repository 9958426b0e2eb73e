"""`innkeeper bench` as a user calls it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from innkeeper.bench import wrk
from innkeeper.cli import main

from .conftest import RIGHT, FakeSearch, collection

QUICK = ("--connections", "1,3", "--duration", "100ms", "--rounds", "2", "--warm-up", "50ms")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["http://198.51.100.7"], "--remote"),
        (["--connections", "1,x"], "'x' is not a number from 1 to 20000"),
        (["--connections", "0"], "'0' is not a number from 1"),
        (["--connections", ""], "'' is not a number"),
        (["--connections", "8,08"], "names a number twice"),
        (["--duration", "5h"], "not a time like 5s"),
        (["--duration", "0"], "not a time like 5s"),
        (["--timeout", "-1"], "not a time like 5s"),
        (["--rounds", "0"], "not in the range"),
        (["--client", "ab"], "not one of 'auto', 'wrk', 'builtin'"),
        (["--json", "/nowhere/at/all.json"], "cannot be written"),
        (["--json", "."], "cannot be written"),
        (["http://localhost:1/hotels"], "ends before"),
    ],
)
def test_bad_input(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is said in one line, before anything is loaded."""
    assert main(["bench", *words]) != 0
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_options_that_do_not_go_together(
    search: FakeSearch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option for the second system needs one, and wrk needs to be there and able."""
    assert main(["bench", search.url, "--against-fixed"]) == 1
    assert "--against URL" in capsys.readouterr().err
    assert main(["bench", search.url, "--client", "wrk", "--check", "strict"]) == 1
    assert "--client builtin" in capsys.readouterr().err
    monkeypatch.setattr(wrk, "installed", lambda: None)
    assert main(["bench", search.url, "--client", "wrk"]) == 1
    assert "apt install wrk" in capsys.readouterr().err
    assert search.asked == []


def test_table_and_json(
    search: FakeSearch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Progress goes to standard error, tables to standard output, and all figures to the file."""
    file = tmp_path / "figures.json"
    words = ["bench", search.url, "--against", search.url, "--client", "builtin", *QUICK]
    assert main([*words, "--json", str(file)]) == 0
    out, progress = capsys.readouterr()
    assert len(progress.splitlines()) == 2 * 2 * 2
    assert "Answers of /hotels" in out
    assert "×" in out
    figures = json.loads(file.read_text())
    assert [figure["connections"] for figure in figures["figures"]] == [1, 1, 3, 3]
    assert len(figures["runs"]) == 8


def test_json_on_standard_output(search: FakeSearch, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json -` leaves standard output to the figures."""
    assert main(["bench", search.url, "--client", "builtin", *QUICK, "--json", "-"]) == 0
    out, error = capsys.readouterr()
    assert json.loads(out)["client"] == "builtin"
    assert "Answers of /hotels" in error


def test_failures_show_in_the_status(
    search: FakeSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Failed answers are shown by kind, and the exit status tells a script."""
    # The first answer is that to the look before the load.
    search.answer = lambda number: (200, RIGHT if number % 2 else collection())
    assert main(["bench", search.url, "--client", "builtin", *QUICK]) == 1
    assert "failed: no hotels" in capsys.readouterr().err


def test_interrupt_prints_what_there_is(search: FakeSearch) -> None:
    """Ctrl-C in the middle of a run ends at once with the tables of the rounds before."""
    command = [sys.executable, "-m", "innkeeper", "bench", search.url, "--client", "builtin"]
    with subprocess.Popen(
        [*command, "--connections", "1", "--duration", "1s", "--rounds", "99", "--warm-up", "1ms"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as bench:
        assert bench.stderr is not None
        assert bench.stdout is not None
        assert "round 1" in bench.stderr.readline()
        time.sleep(0.1)
        bench.send_signal(signal.SIGINT)
        out, error = bench.communicate(timeout=20)
    assert bench.returncode == 130
    assert "Traceback" not in error
    assert "Answers of /hotels" in out
    assert "Interrupted" in out
