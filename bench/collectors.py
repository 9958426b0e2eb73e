"""The two collectors that are measured, each alone on a core."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from tests.support.child import free_ports

LIMIT = 120.0
"""Seconds after which something is said not to work."""
PAUSE = 0.02
CORES = sorted(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Collector:
    """One that runs, alone on a core."""

    process: psutil.Process
    url: str
    otlp_grpc: str
    figures_url: str
    figures_pattern: str
    """Finds the numbers of stored spans in what `figures_url` answers; their sum counts."""

    def stored(self) -> int:
        """Spans that searches can find."""
        text = fetch(self.figures_url).decode()
        return sum(int(float(number)) for number in re.findall(self.figures_pattern, text))

    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def megabytes(self) -> float:
        return self.process.memory_info().rss / 1e6


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        body: bytes = answer.read()
        return body


@contextmanager
def embedded() -> Iterator[Collector]:
    """Ours, as `innkeeper serve traces` runs it."""
    command = [sys.executable, "-m", "bench.traces", "--serve"]
    with _alone(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        url, otlp_grpc = json.loads(process.stdout.readline())
        yield Collector(
            psutil.Process(process.pid),
            url,
            otlp_grpc,
            f"{url}/data/statistics",
            r'"accepted":(\d+)',
        )


@contextmanager
def jaeger() -> Iterator[Collector]:
    """The real one, on free ports."""
    names = ("query.http-server", "collector.otlp.grpc", "collector.otlp.http", "admin.http")
    names += ("query.grpc-server", "collector.grpc-server", "collector.http-server")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    hosts = (f"--{name}.host-port=127.0.0.1:{port}" for name, port in ports.items())
    command = [jaeger_binary(), "--collector.queue-size=2000000", *hosts]
    admin = f"http://127.0.0.1:{ports['admin.http']}"
    with tempfile.TemporaryFile() as said, _alone(command, stdout=said, stderr=said) as process:
        _wait_for(admin, process)
        yield Collector(
            psutil.Process(process.pid),
            f"http://127.0.0.1:{ports['query.http-server']}",
            f"127.0.0.1:{ports['collector.otlp.grpc']}",
            f"{admin}/metrics",
            r'(?m)^jaeger_collector_spans_saved_by_svc_total\{.*result="ok".*\} (\S+)',
        )


def jaeger_binary() -> str:
    return os.environ.get("INNKEEPER_JAEGER_BIN") or shutil.which("jaeger-all-in-one") or ""


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and process.poll() is None:
        try:
            fetch(url)
        except OSError:
            time.sleep(PAUSE)
        else:
            return
    raise SystemExit("Jaeger did not start")


@contextmanager
def _alone(command: list[str], **pipes: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program on the first core, and everything here on the others, until the block ends."""
    # A child starts where its parent is; set afterwards, threads that it has by then would stay.
    os.sched_setaffinity(0, CORES[:1])
    process = subprocess.Popen(command, **pipes)
    os.sched_setaffinity(0, CORES[1:] or CORES)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
