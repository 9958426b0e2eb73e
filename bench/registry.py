"""How many watchers the embedded registry holds, and how soon all of them hear of a change.

    python -m bench.registry [--watchers 2000] [--instances 1000] [--rounds 7] [--json FILE]

A registry in a process of its own holds the instances, spread over twenty services. Watchers, each
with a connection of its own, keep one blocking query under way. In a round of `spread` one check of
every service changes, and each watcher hears of its own service; in a round of `one` all watch the
same service. Told is the time from the first change to the last watcher's whole answer. A real
Consul on PATH, or named by INNKEEPER_CONSUL_BIN, is measured beside it, in turns.

The watchers take their share of the same cores, so the CPU time of the registry stands beside.
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import uvloop

from bench.watchers import Watcher, watching
from tests.support.child import free_ports

SERVICES = 20
START_LIMIT = 30.0
TOLD_LIMIT = 60.0
IDLE_SECONDS = 5.0
PASSING, WARNING = "pass", "warn"


@dataclass(frozen=True)
class Registry:
    """One that runs."""

    url: str
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def megabytes(self) -> float:
        return self.process.memory_info().rss / 1e6

    def peak_megabytes(self) -> float:
        """The most that it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return float(status.partition("VmHWM:")[2].split()[0]) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--watchers", type=int, default=2000)
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = uvloop.run(measure(arguments.watchers, arguments.instances, arguments.rounds))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


async def measure(watchers: int, instances: int, rounds: int) -> dict[str, Any]:
    results: dict[str, Any] = {"watchers": watchers, "instances": instances, "rounds": rounds}
    consul = os.environ.get("INNKEEPER_CONSUL_BIN") or shutil.which("consul")
    async with AsyncExitStack() as stack:
        registries = {"embedded": await stack.enter_async_context(embedded())}
        if consul:
            registries["consul"] = await stack.enter_async_context(real(consul, watchers))
        else:
            print("no consul on PATH: the embedded registry alone is measured", file=sys.stderr)
        for registry in registries.values():
            await fill(registry.url, instances)
        for kind in ("spread", "one"):
            # One after the other: watchers that wait for one would wake with the other's load.
            for name, registry in registries.items():
                figures = await told(registry, kind, watchers, rounds)
                results[f"{name} {kind}"] = figures
                print(f"{name} {kind}: {sentence(figures)}", flush=True)
    return results


def sentence(figures: dict[str, Any]) -> str:
    return (
        f"{figures['watchers held']:,} watchers held,"
        f" told in {figures['told ms median']:,.0f} ms (at most {figures['told ms max']:,.0f}),"
        f" {figures['cpu ms a round']:,.0f} ms of CPU a round,"
        f" idle {figures['idle cpu %']:.1f} % of a core,"
        f" {figures['KB a watcher']:.1f} KB a watcher,"
        f" {figures['answer KB']:,.0f} KB an answer,"
        f" peak {figures['peak MB']:,.0f} MB of which {figures['MB before']:,.0f} before"
    )


async def told(registry: Registry, kind: str, watchers: int, rounds: int) -> dict[str, Any]:
    names = range(SERVICES) if kind == "spread" else [0]
    before = registry.megabytes()
    paths = [f"/v1/health/service/{name_of(number)}" for number in names]
    async with (
        aiohttp.ClientSession(registry.url) as http,
        watching(registry.url, [paths[each % len(paths)] for each in range(watchers)]) as held,
    ):
        # A change that changes nothing wakes nobody.
        for each in names:
            await put(http, f"agent/check/{PASSING}/{check_of(each)}")
        await settled(held)
        waiting = registry.megabytes()
        idle = await idle_share(registry)
        took, cpu = [], []
        for number in range(rounds):
            how = WARNING if number % 2 == 0 else PASSING
            for watcher in held:
                watcher.told.clear()
            used, started = registry.cpu(), time.perf_counter()
            for each in names:
                await put(http, f"agent/check/{how}/{check_of(each)}")
            async with asyncio.timeout(TOLD_LIMIT):
                for watcher in held:
                    await watcher.told.wait()
            took.append((time.perf_counter() - started) * 1e3)
            await settled(held)
            cpu.append((registry.cpu() - used) * 1e3)
        size = statistics.mean(watcher.size for watcher in held)
    return {
        "watchers held": len(held),
        "told ms median": statistics.median(took),
        "told ms min": min(took),
        "told ms max": max(took),
        "cpu ms a round": statistics.median(cpu),
        "idle cpu %": idle * 100,
        "KB a watcher": (waiting - before) * 1e3 / watchers,
        "answer KB": size / 1e3,
        "MB before": before,
        "peak MB": registry.peak_megabytes(),
    }


async def settled(held: list[Watcher]) -> None:
    """Wait until nobody was told anything for a moment."""
    while True:
        count = sum(watcher.answers for watcher in held)
        await asyncio.sleep(0.3)
        if sum(watcher.answers for watcher in held) == count:
            return


async def idle_share(registry: Registry) -> float:
    """The share of a core that waiting alone costs."""
    used, started = registry.cpu(), time.perf_counter()
    await asyncio.sleep(IDLE_SECONDS)
    return (registry.cpu() - used) / (time.perf_counter() - started)


async def fill(url: str, instances: int) -> None:
    """Register the instances, each with a check that changes only when told to."""
    async with aiohttp.ClientSession(url) as http:
        for number in range(instances):
            body = {
                "Name": name_of(number % SERVICES),
                "ID": f"instance-{number}",
                "Address": "127.0.0.1",
                "Port": 10_000 + number,
                "Tags": ["v1"],
                "Meta": {"admin": "http://127.0.0.1:9"},
                "Check": {"CheckID": check_of(number), "TTL": "1h", "Status": "passing"},
            }
            await put(http, "agent/service/register", body)


def name_of(service: int) -> str:
    return f"service-{service}"


def check_of(instance: int) -> str:
    return f"check-{instance}"


async def put(http: aiohttp.ClientSession, path: str, body: object = None) -> None:
    async with http.put(f"/v1/{path}", json=body) as answer:
        answer.raise_for_status()


@asynccontextmanager
async def embedded() -> AsyncIterator[Registry]:
    """The registry that comes along, as `innkeeper serve` runs it."""
    [port] = free_ports(1)
    command = ("-m", "innkeeper", "serve", "registry", "--port", f"registry={port}")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "registry.json"))
        async with running(
            port, sys.executable, *command, INNKEEPER_REGISTRY_FILE=file
        ) as registry:
            yield registry


@asynccontextmanager
async def real(binary: str, watchers: int) -> AsyncIterator[Registry]:
    """A Consul in development mode, with room for all watchers of one address."""
    http, serf, server = free_ports(3)
    ports = f"http = {http} serf_lan = {serf} server = {server}"
    closed = "grpc = -1 grpc_tls = -1 dns = -1 serf_wan = -1"
    options = (
        "disable_update_check = true",
        f"ports {{ {ports} {closed} }}",
        f"limits {{ http_max_conns_per_client = {watchers + 100} }}",
    )
    words = [word for option in options for word in ("-hcl", option)]
    async with running(http, binary, "agent", "-dev", "-bind", "127.0.0.1", *words) as registry:
        yield registry


@asynccontextmanager
async def running(port: int, *command: str, **environ: str) -> AsyncIterator[Registry]:
    """Run a registry until the block ends.

    Raises:
        TimeoutError: it does not answer in time.
        RuntimeError: it ended.
    """
    kept = {name: each for name, each in os.environ.items() if not name.startswith("CONSUL_")}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**kept, **environ},
        # What goes wrong at the start is for whoever measures to read.
        stdout=asyncio.subprocess.DEVNULL,
        stderr=None,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(START_LIMIT):
            while not await leads(url):
                if process.returncode is not None:
                    raise RuntimeError(f"{command[0]} ended before it was ready")
                await asyncio.sleep(0.1)
        yield Registry(url, psutil.Process(process.pid))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def leads(url: str) -> bool:
    """Whether it answers, and lists itself."""
    try:
        async with aiohttp.ClientSession(url) as http, http.get("/v1/catalog/nodes") as nodes:
            return nodes.status == 200 and bool(await nodes.json())
    except aiohttp.ClientError:
        return False


if __name__ == "__main__":
    main()
