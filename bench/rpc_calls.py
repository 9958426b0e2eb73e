"""Calls a second on one client: gRPC's own channel, ours plain, and ours batched over a stream.

The server is a process of its own. Every round runs each kind once, in turn; figures are medians
over the rounds with minimum and maximum, and ratios to gRPC's own channel in the same round.

    python -m bench.rpc_calls --in-flight 128 --seconds 2 --rounds 5
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import uvloop
from grpc import aio

from innkeeper.metrics import Metrics
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse, Places
from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoServicer, GeoStub, add_GeoServicer_to_server
from innkeeper.rpc import BalancedChannel, Balancer, Caller, Server
from innkeeper.settings import TracingSettings, prepare_grpc_core
from innkeeper.tracing import Tracing

ANSWER = NearbyResponse(
    places=Places(hotel_ids=["5"], lats=[37.7831], lons=[-122.4181], distances=[9])
)
REQUEST = NearbyRequest(lat=37.7749, lon=-122.4194, radius=10_000, limit=20)


class Geo(GeoServicer):
    """Answers at once, so that what is measured is the way."""

    async def Nearby(self, request: NearbyRequest, context: Any) -> NearbyResponse:
        return ANSWER


async def serve() -> None:
    """Serve until standard input ends; the port goes to standard output."""
    tracing = Tracing(TracingSettings(disabled=True))
    server = Server("geo", tracing.tracer("geo", "geo-1"), Metrics(), linger=0)
    server.add(add_GeoServicer_to_server, Geo())
    async with server:
        print(server.port, flush=True)  # noqa: T201
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def load(
    call: Callable[[], Awaitable[Any]], in_flight: int, seconds: float, server: int
) -> dict[str, Any]:
    """Keep calls under way for some time."""
    end = time.perf_counter() + seconds
    calls = 0

    async def worker() -> None:
        nonlocal calls
        while time.perf_counter() < end:
            await call()
            calls += 1

    used, used_there = cpu_seconds(os.getpid()), cpu_seconds(server)
    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    elapsed = time.perf_counter() - started
    return {
        "calls/s": calls / elapsed,
        "client µs/call": (cpu_seconds(os.getpid()) - used) / calls * 1e6,
        "server µs/call": (cpu_seconds(server) - used_there) / calls * 1e6,
    }


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, all threads together."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


async def measure(
    port: int, server: int, in_flight: int, seconds: float, rounds: int
) -> dict[str, Any]:
    """Figures of each kind, a list with one entry a round."""
    tracing = Tracing(TracingSettings(disabled=True))
    caller = Caller("search", tracing.tracer("search", "search-1"), Metrics())
    channels: dict[str, Any] = {"grpc.aio": aio.insecure_channel(f"127.0.0.1:{port}")}
    for kind, batching in (("plain", False), ("batched", True)):
        balancer = Balancer("geo")
        balancer.update({f"127.0.0.1:{port}"})
        channels[kind] = BalancedChannel(balancer, caller, batching=batching)
    figures: dict[str, Any] = {kind: [] for kind in channels}
    for number in range(-1, rounds):
        for kind, channel in channels.items():
            nearby = GeoStub(channel).Nearby
            took = await load(
                lambda nearby=nearby: nearby(REQUEST, timeout=10), in_flight, seconds, server
            )
            if number >= 0:  # the round before warms up
                figures[kind].append(took)
    for channel in channels.values():
        await channel.close()
    return figures


def main() -> None:
    """Run and print a table."""
    # As the commands do.
    prepare_grpc_core()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print every round as JSON")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.run(serve())
        return
    with subprocess.Popen(
        [sys.executable, "-m", "bench.rpc_calls", "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        figures = uvloop.run(
            measure(port, server.pid, options.in_flight, options.seconds, options.rounds)
        )
        server.communicate()
    if options.json:
        print(json.dumps(figures))  # noqa: T201
        return
    for kind, rounds in figures.items():
        rates = [entry["calls/s"] for entry in rounds]
        ratios = [
            rate / own["calls/s"] for rate, own in zip(rates, figures["grpc.aio"], strict=True)
        ]
        here, there = (
            statistics.median(entry[side] for entry in rounds)
            for side in ("client µs/call", "server µs/call")
        )
        print(  # noqa: T201
            f"{kind:10} {statistics.median(rates):8.0f} calls/s ({min(rates):.0f}–{max(rates):.0f})"
            f"  × {statistics.median(ratios):.2f}  {here:.0f} + {there:.0f} µs of CPU a call"
        )


if __name__ == "__main__":
    main()
