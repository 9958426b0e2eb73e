"""The load generator wrk, told what to ask and how to look at the answers by a script in Lua.

wrk takes little of the machine. Its percentiles are "corrected for coordinated omission": for each
answer that took long it adds the times of questions that it supposes were held back by it. They are
passed on as such; the built-in client says what was measured.
"""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from innkeeper.bench.check import NEAR
from innkeeper.bench.outcome import Latency, Outcome
from innkeeper.bench.target import Target
from innkeeper.bench.workload import LAT, LON, Question
from innkeeper.errors import CannotStart

_SCRIPT = Path(__file__).with_name("hotels.lua")
_MARK = "innkeeper "
_QUESTIONS = 50_000
"""How many different ones are prepared for a run; after that they come again."""
_PATIENCE = 10.0
"""Seconds that wrk may take longer than it was told."""


class _Said(msgspec.Struct):
    microseconds: int
    good: int
    failed: dict[str, int]
    p50: float
    p90: float
    p99: float
    max: float


def installed() -> str | None:
    """Where wrk is; None where it is not."""
    return shutil.which("wrk")


def load(
    target: Target,
    questions: Iterator[Question],
    *,
    connections: int,
    duration: float,
    timeout: float,
) -> Outcome:
    """Ask over so many connections for so many seconds, a whole number of them.

    Raises:
        CannotStart: wrk did not do what it was told.
    """
    used = _cpu()
    with tempfile.TemporaryDirectory(prefix="innkeeper-bench-") as folder:
        listed = Path(folder, "questions")
        lines = (f"{target.path}{question.target}\n" for question in islice(questions, _QUESTIONS))
        listed.write_text("".join(lines))
        threads = min(connections, os.cpu_count() or 1, 2 if connections > 8 else 1)
        said = _run(
            [
                *(installed() or "wrk", "-t", str(threads), "-c", str(connections)),
                *("-d", f"{max(1, round(duration))}s", "--timeout", f"{max(1, round(timeout))}s"),
                *("-s", str(_SCRIPT), target.url, "--"),
                *(str(listed), target.host, str(LAT), str(LON), str(NEAR)),
            ],
            duration + timeout + _PATIENCE,
        )
    ms = 1000.0
    return Outcome(
        seconds=said.microseconds / 1e6,
        good=said.good,
        failed=said.failed,
        latency=Latency(said.p50 / ms, said.p90 / ms, said.p99 / ms, said.max / ms, corrected=True)
        if said.good
        else None,
        client_cpu=_cpu() - used,
    )


def _run(command: list[str], limit: float) -> _Said:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except OSError as error:
        raise CannotStart(f"wrk does not start ({error.strerror}): try --client builtin") from None
    except subprocess.TimeoutExpired:
        raise CannotStart("wrk did not end in time: try --client builtin") from None
    for line in ended.stdout.splitlines():
        if line.startswith(_MARK):
            return msgspec.json.decode(line.removeprefix(_MARK), type=_Said)
    said = (ended.stderr or ended.stdout).strip().splitlines()
    reason = said[-1] if said else f"exit status {ended.returncode}"
    raise CannotStart(f"wrk failed ({reason}): try --client builtin")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
