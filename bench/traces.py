"""What the embedded collector of traces takes in and how it searches, beside a real Jaeger.

    python -m bench.traces [--spans 225000] [--rounds 3] [--search 100000,1000000] [--json FILE]

Both are sent the same OTLP stream over gRPC, in turns, each in a fresh process that has one core
for itself while the sender has another. A round ends when every span is stored, not when it was
taken. Jaeger 1.76 is looked for on PATH, or in INNKEEPER_JAEGER_BIN; it keeps its spans in memory
and its queue is long enough for all of them. Memory is what the process grew by. Then each holds
the first number of --search spans, and the embedded one the others too, and is asked for the newest
20 traces in several ways; with a million spans, some of these searches take Jaeger half a minute.
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import asyncio
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import grpc
import grpc.aio
import uvloop

from bench.collectors import LIMIT, PAUSE, Collector, embedded, fetch, jaeger, jaeger_binary
from bench.span_stream import SPANS_OF_A_TRACE, STEP, requests
from innkeeper.embedded.traces.server import TracesServer

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
SENDERS = 4
WARM_UP_TRACES = 2000
MEMORY_MB = 4000
ASKED = 7
MOST_SECONDS = 5.0
PIECE = 20_000


Running = Callable[[], AbstractContextManager[Collector]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spans", type=int, default=225_000, help="spans of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--search", default="100000,1000000", help="spans held to search in")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        uvloop.run(serve())
        return
    kinds: dict[str, Running] = {"embedded": embedded}
    if jaeger_binary():
        kinds["jaeger"] = jaeger
    else:
        print("no Jaeger: neither INNKEEPER_JAEGER_BIN nor jaeger-all-in-one on PATH")
    results: dict[str, Any] = {"intake": intake(kinds, arguments.spans, arguments.rounds)}
    sizes = [int(size) for size in arguments.search.split(",") if size]
    results["search"] = {
        str(size): searches(kinds if size == sizes[0] else {"embedded": embedded}, size)
        for size in sizes
    }
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


async def serve() -> None:
    """Collect until standard input ends; the addresses go to standard output."""
    ports = {"query_port": 0, "otlp_grpc_port": 0, "otlp_http_port": 0}
    async with TracesServer(**ports, memory_mb=MEMORY_MB) as server:
        print(json.dumps([server.url, server.otlp_grpc]), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def intake(kinds: Mapping[str, Running], spans: int, rounds: int) -> dict[str, Any]:
    """Figures of each collector, a list with one entry a round."""
    now = time.time_ns()
    warm_up = list(requests(WARM_UP_TRACES, now - 10**12))
    stream = list(requests(spans // SPANS_OF_A_TRACE, now - 10**11))
    figures: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, running in kinds.items():
            with running() as collector:
                feed(collector, warm_up)
                figures[kind].append(feed(collector, stream))
    _show_intake(figures)
    return figures


def _show_intake(figures: dict[str, list[dict[str, float]]]) -> None:
    columns = ("spans/s", "µs of CPU a span", "MB for 10,000 spans")
    print(f"{'':10}", *(f"{column:>26}" for column in columns))
    for kind, rounds in figures.items():
        shown = []
        for column in columns:
            values = [entry[column] for entry in rounds]
            digits = 0 if min(values) > 100 else 1
            least, middle, most = min(values), statistics.median(values), max(values)
            shown.append(f"{middle:,.{digits}f} ({least:,.{digits}f}–{most:,.{digits}f})")
        print(f"{kind:10}", *(f"{text:>26}" for text in shown))
    if "jaeger" in figures:
        pairs = list(zip(figures["embedded"], figures["jaeger"], strict=True))
        for column in columns:
            ratio = statistics.median(ours[column] / theirs[column] for ours, theirs in pairs)
            print(f"embedded against jaeger, {column}: {ratio:.2f}")


def feed(collector: Collector, stream: list[bytes]) -> dict[str, float]:
    """Send everything and wait until it is stored."""
    before = collector.stored()
    spans = sum(map(_spans_in, stream))
    cpu, memory = collector.cpu(), collector.megabytes()
    started = time.perf_counter()
    uvloop.run(_send(collector.otlp_grpc, stream))
    while collector.stored() < before + spans:
        if time.perf_counter() - started > LIMIT:
            raise SystemExit(f"{collector.stored() - before} of {spans} spans were stored")
        time.sleep(PAUSE)
    took = time.perf_counter() - started
    return {
        "spans/s": spans / took,
        "µs of CPU a span": (collector.cpu() - cpu) / spans * 1e6,
        "MB for 10,000 spans": (collector.megabytes() - memory) / spans * 1e4,
    }


def _spans_in(request: bytes) -> int:
    # Each has a trace id, and nothing else has these two bytes before sixteen and these two.
    return len(re.findall(rb"\x0a\x10.{16}\x12\x08", request, re.DOTALL))


async def _send(target: str, stream: list[bytes]) -> None:
    waiting = iter(stream)
    async with grpc.aio.insecure_channel(target) as channel:
        export = channel.unary_unary(METHOD)

        async def sender() -> None:
            for request in waiting:
                await export(request, timeout=LIMIT)

        await asyncio.gather(*(sender() for _ in range(SENDERS)))


def searches(kinds: Mapping[str, Running], spans: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each search with so many spans held, medians, and the memory taken."""
    traces = spans // SPANS_OF_A_TRACE
    first_start = time.time_ns() - traces * STEP
    figures = {}
    for kind, running in kinds.items():
        with running() as collector:
            for first in range(0, traces, PIECE):
                some = min(PIECE, traces - first)
                feed(collector, list(requests(some, first_start + first * STEP, seed=first)))
            megabytes = collector.megabytes()
            took = {name: _took(collector.url + path) for name, path in _questions().items()}
        figures[kind] = {"MB held": megabytes, **took}
    print(f"\n{spans:,} spans held; milliseconds to the newest 20 traces")
    print(" " * 28, *(f"{kind:>10}" for kind in figures))
    for name in ("MB held", *_questions()):
        print(f"{name:28}", *(f"{entry[name]:10,.1f}" for entry in figures.values()))
    return figures


def _questions() -> dict[str, str]:
    ask = "/api/traces?start=0&limit=20&service="
    rare, never = quote('{"error.type":"timeout"}'), quote('{"error.type":"never"}')
    return {
        "service": f"{ask}search",
        "operation": f"{ask}search&operation=geo.v1.Geo%2FNearby",
        "duration, one trace in 1000": f"{ask}frontend&minDuration=500ms",
        "duration, none": f"{ask}frontend&minDuration=1h",
        "short duration, none": f"{ask}frontend&maxDuration=1us",
        "tag, one trace in 1000": f"{ask}geo&tags={rare}",
        "tag, none": f"{ask}geo&tags={never}",
        "services": "/api/services",
        "dependencies of the day": f"/api/dependencies?endTs={time.time_ns() // 10**6}",
    }


def _took(url: str) -> float:
    """Milliseconds, the median of some answers, or of those that come within a few seconds."""
    took: list[float] = []
    while len(took) < ASKED and sum(took) < MOST_SECONDS * 1e3:
        started = time.perf_counter()
        fetch(url)
        took.append((time.perf_counter() - started) * 1e3)
    return statistics.median(took)


if __name__ == "__main__":
    main()
