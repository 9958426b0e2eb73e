"""A whole system of its own for a measurement, on free ports."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from innkeeper.errors import CannotStart

START_LIMIT = 60.0
STOP_LIMIT = 10.0
_PAUSE = 0.05
# Systems that share a registry would answer for each other.
_SHARED = "CONSUL_"


@contextmanager
def started(*options: str, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run `innkeeper up` with options and changes to the environment; gives the frontend's URL.

    Raises:
        CannotStart: it does not get ready.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SHARED)}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "innkeeper", "up", "--free-ports", *options],
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**kept, **(environ or {})},
            # Ctrl-C is for the measurement, which then stops the system.
            start_new_session=True,
        )
        try:
            # Read through a second position in the file: the first is where the system writes.
            with open(f"/proc/self/fd/{said.fileno()}") as lines:  # noqa: PTH123
                yield _ready(process, lines)
        finally:
            _stop(process)


def _ready(process: "subprocess.Popen[bytes]", lines: Iterator[str]) -> str:
    end = time.monotonic() + START_LIMIT
    last = ""
    while time.monotonic() < end:
        for line in lines:
            last = line.strip()
            if '"event": "ready"' in line:
                return str(json.loads(line)["addresses"]["frontend"])
        if process.poll() is not None:
            raise CannotStart(f"the system ended before it was ready: {last}")
        time.sleep(_PAUSE)
    raise CannotStart(f"the system was not ready within {START_LIMIT:g} s: {last}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
