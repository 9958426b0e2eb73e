"""What the stores cost at each size, from single calls to whole requests.

    python -m bench.stores [--sizes 1000,10000,100000,1000000] [--stores json,sqlite,postgresql]
                           [--json FILE] [--plot FILE.svg] [--folder /tmp/stores]

For each size a catalogue is made up (kept in --folder, and used again; those in PostgreSQL live as
long as the run, in a private server). Each store is then called in a process of its own, asked over
gRPC (`rpc`: geo.Nearby, one call at a time), and put behind a whole system of five processes
(`hotels`: requests at one connection, then as many as 64 connections get answered a second). `city`
is the largest one, at points around its centre; `sea` an empty one. Times are microseconds, medians
and 99th percentiles; `MB` is what the three stores add to a process, `load s` the making of the
catalogue, `open ms` the way to the first answer. The first line, of sixteen hotels in flat files,
is what `/hotels` is compared with. All sizes take some eight minutes; 1,000 and 10,000 alone less
than two.

`linear` scans as many coordinates in the process that calls the store, in NumPy. That is no
dependency of ours, so it is measured only where NumPy can be imported, such as from a folder:

    pip install numpy --target /tmp/numpy
    PYTHONPATH=/tmp/numpy python -m bench.stores --sizes 1000000
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp
from grpc import aio

from bench.plot import Chart, draw
from bench.started import started
from bench.store_calls import LIMIT, RADIUS, Point, at_sea, in_city, percentile, times
from innkeeper.hotels.catalogue.address import Database, Folder, parse
from innkeeper.hotels.catalogue.load import make_up
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.flatfile import MAX_HOTELS
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest
from innkeeper.pb.geo.v1.geo_pb2_grpc import GeoStub
from tests.support.postgres import Postgres, running_postgres

STORES = ("json", "sqlite", "postgresql")
BASE = "json 16"
REQUESTS = 300
CONNECTIONS = 64
LOAD_SECONDS = 3.0
STAY = {"inDate": "2015-04-09", "outDate": "2015-04-10"}
# In the middle of the sixteen hotels.
SIXTEEN = [(37.7749, -122.4194)] * REQUESTS
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "stores")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    kinds = arguments.stores.split(",")
    results: dict[str, Figures] = {BASE: system("data", SIXTEEN, at_sea(REQUESTS))}
    show(BASE, results[BASE])
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if "postgresql" in kinds else None
        for size in map(int, arguments.sizes.split(",")):
            for kind in kinds:
                if kind == "json" and size > MAX_HOTELS:
                    continue
                address = address_of(kind, size, arguments.folder, server)
                figures = {"load s": make(address, size), **alone(address, size)}
                figures |= asyncio.run(over_grpc(address))
                figures |= system(address, in_city(REQUESTS), at_sea(REQUESTS))
                results[f"{kind} {size}"] = figures
                show(f"{kind} {size}", figures)
    for name, ratio in ratios(results).items():
        print(f"{name}: {ratio:.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    if arguments.plot:
        arguments.plot.write_text(draw(charts(results)))


def address_of(kind: str, size: int, folder: Path, server: Postgres | None) -> str:
    if server is not None and kind == "postgresql":
        return server.create("postgis")
    return str(folder / str(size)) if kind == "json" else f"sqlite:///{folder / str(size)}.db"


def make(address: str, size: int) -> float:
    """Make the catalogue up where it is missing; the seconds that took."""
    place = parse(address)
    if isinstance(place, Folder | Database) and place.path.exists():
        return 0.0
    begun = perf_counter()
    make_up(hotels(size, 1), place)
    return perf_counter() - begun


def alone(address: str, size: int) -> Figures:
    """Single calls in a process of their own."""
    command = [sys.executable, "-m", "bench.store_calls", "measure", address, str(size)]
    figures: Figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return figures


async def over_grpc(address: str) -> Figures:
    """geo.Nearby of another process."""
    command = [sys.executable, "-m", "bench.store_calls", "serve", address]
    with serving(command) as port:
        async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = GeoStub(channel)

            async def ask(point: Point) -> object:
                lat, lon = point
                return await stub.Nearby(
                    NearbyRequest(lat=lat, lon=lon, radius=RADIUS, limit=LIMIT)
                )

            await times(in_city(50), ask)
            city, sea = await times(in_city(REQUESTS), ask), await times(at_sea(REQUESTS), ask)
    return {
        "rpc city": median(city),
        "rpc city p99": percentile(city),
        "rpc sea": median(sea),
        "rpc sea p99": percentile(sea),
    }


@contextmanager
def serving(command: Sequence[str]) -> Iterator[int]:
    """The port that a process prints first."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(10)


def system(address: str, city: Sequence[Point], sea: Sequence[Point]) -> Figures:
    """Whole requests to five processes."""
    with started("--data", address) as url:
        return asyncio.run(requests(url, city, sea))


async def requests(url: str, city: Sequence[Point], sea: Sequence[Point]) -> Figures:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(url, connector=connector) as session:

        async def ask(point: Point) -> object:
            lat, lon = point
            asked = {**STAY, "lat": lat, "lon": lon, "radius": RADIUS, "limit": LIMIT}
            async with session.get("/hotels", params=asked) as response:
                response.raise_for_status()
                return await response.read()

        await times(city[:50], ask)
        dense, empty = await times(city, ask), await times(sea, ask)
        end, answered = perf_counter() + LOAD_SECONDS, 0

        async def keep_asking(start: int) -> None:
            nonlocal answered
            while perf_counter() < end:
                await ask(city[(start + answered) % len(city)])
                answered += 1

        await asyncio.gather(*(keep_asking(number * 7) for number in range(CONNECTIONS)))
    return {
        "hotels city": median(dense),
        "hotels city p99": percentile(dense),
        "hotels sea": median(empty),
        "hotels sea p99": percentile(empty),
        "hotels/s at 64": answered / LOAD_SECONDS,
    }


def ratios(results: dict[str, Figures]) -> Figures:
    """What is to be reached, where the sizes that it compares were measured."""
    found: Figures = {}
    for kind in ("sqlite", "postgresql"):
        largest = max((s for k, s in map(str.split, results) if k == kind), key=int, default="")
        if largest:
            figures = results[f"{kind} {largest}"]
            asked = figures["hotels city"] / results[BASE]["hotels city"]
            found[f"/hotels in a city, {kind} {int(largest):,} to sixteen"] = asked
            if "linear" in figures:
                scan = figures["linear"] / figures["city"]
                found[f"linear scan to {kind}, {int(largest):,}"] = scan
    for name, figures in results.items():
        memory = results.get(f"json {name.partition(' ')[2]}", results.get(f"json {MAX_HOTELS}"))
        if name.startswith("postgresql") and memory is not None:
            found[f"geo.Nearby, {name} to memory"] = figures["rpc city"] / memory["rpc city"]
    return found


def charts(results: dict[str, Figures]) -> list[Chart]:
    def lines(figure: str) -> dict[str, list[tuple[float, float]]]:
        found: dict[str, list[tuple[float, float]]] = {}
        for name, figures in results.items():
            kind, size = name.split()
            if figures.get(figure, 0) > 0:
                found.setdefault(kind, []).append((float(size), figures[figure]))
        return found

    titles = {
        "city": "Call, city (µs)",
        "rpc city": "geo.Nearby, city (µs)",
        "hotels city": "/hotels, city (µs)",
    }
    return [
        Chart(title, "hotels", lines(figure), logarithmic=True) for figure, title in titles.items()
    ]


def show(name: str, figures: Figures) -> None:
    told = (f"{figure} {value:,.{0 if value >= 100 else 1}f}" for figure, value in figures.items())
    print(f"{name:>20}  {'  '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
