"""What the stores cost at each size: geo near a point, rates and profiles of twenty hotels.

    python -m bench.stores [--sizes 1000,10000,100000,1000000] [--folder /tmp/stores] [--json FILE]

For each size a catalogue is made up (kept in --folder, and used again), and each store is opened in
a process of its own: time to open it, memory with its pages, then calls in a dense city (the
largest one, at random points around its centre) and on an empty sea. The last column is a linear
scan over coordinates in the same process, in NumPy where it is installed. Figures are medians and
99th percentiles of single calls, in microseconds.
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from innkeeper.hotels.catalogue.address import parse
from innkeeper.hotels.catalogue.load import make_up
from innkeeper.hotels.catalogue.made_up.atlas import cities
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.catalogue.stores import open_geo, open_profile, open_rate
from innkeeper.hotels.flatfile import MAX_HOTELS

RADIUS = 10_000.0
LIMIT = 20
CALLS = 2000
SEA = (-45.0, -120.0)
A = TypeVar("A")
COLUMNS = ("open ms", "MB", "city", "city p99", "500 near", "sea", "sea p99", "rate", "profile")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "stores")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(asyncio.run(measure(arguments.measure, int(arguments.sizes)))))
        return
    results: dict[str, dict[str, float]] = {}
    print(f"{'':>20}", *(f"{name:>9}" for name in (*COLUMNS, "linear")))
    for size in map(int, arguments.sizes.split(",")):
        for address in addresses(arguments.folder, size):
            made = make(address, size)
            command = [sys.executable, "-m", "bench.stores", "--measure", address]
            command += ["--sizes", str(size)]
            figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            name = f"{'sqlite' if ':' in address else 'json'} {size:,}"
            results[name] = {**figures, "made up s": made}
            values = (figures[column] for column in (*COLUMNS, "linear"))
            print(f"{name:>20}", *(f"{value:9,.1f}" for value in values), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


def addresses(folder: Path, size: int) -> list[str]:
    database = f"sqlite:///{folder / str(size)}.db"
    return [str(folder / str(size)), database] if size <= MAX_HOTELS else [database]


def make(address: str, size: int) -> float:
    """Make the catalogue up where it is missing; the seconds that took."""
    place = parse(address)
    if place.path.exists():
        return 0.0
    started = perf_counter()
    make_up(hotels(size, 1), place)
    return perf_counter() - started


async def measure(address: str, size: int) -> dict[str, float]:
    before = memory()
    started = perf_counter()
    geo, rate, profile = open_geo(address), open_rate(address), open_profile(address)
    opened = perf_counter() - started
    chance = random.Random(1)
    city = max(cities(), key=lambda city: city.population)
    points = [
        (city.lat + chance.gauss(0, 0.03), city.lon + chance.gauss(0, 0.03)) for _ in range(CALLS)
    ]
    sea = [(SEA[0] + chance.uniform(-5, 5), SEA[1] + chance.uniform(-5, 5)) for _ in range(CALLS)]

    dense = await times(points, lambda point: geo.nearby(*point, RADIUS, LIMIT))
    many = await times(points[:200], lambda point: geo.nearby(*point, 50_000, 500))
    empty = await times(sea, lambda point: geo.nearby(*point, RADIUS, LIMIT))
    found = [
        [place.hotel_id for place in await geo.nearby(*point, RADIUS, LIMIT)] for point in points
    ]
    rates = await times(found, rate.plans)
    profiles = await times(found, profile.hotels)
    return {
        "open ms": opened * 1e3,
        "MB": memory() - before,
        "city": median(dense),
        "city p99": percentile(dense),
        "500 near": median(many),
        "sea": median(empty),
        "sea p99": percentile(empty),
        "rate": median(rates),
        "profile": median(profiles),
        "linear": linear(size, points[:20]),
    }


async def times(asked: Sequence[A], call: Callable[[A], Awaitable[object]]) -> list[float]:
    """Microseconds that each call took."""
    took = []
    for argument in asked:
        started = perf_counter()
        await call(argument)
        took.append((perf_counter() - started) * 1e6)
    return took


def percentile(took: Sequence[float]) -> float:
    return sorted(took)[len(took) * 99 // 100]


def memory() -> float:
    """Resident megabytes, pages of mapped files among them."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def linear(size: int, points: Sequence[tuple[float, float]]) -> float:
    """The median time to measure every place and take the nearest; nan without NumPy."""
    try:
        import numpy as np
    except ModuleNotFoundError:
        return float("nan")
    generator = np.random.default_rng(1)
    lat = np.radians(generator.uniform(-60, 70, size))
    lon = np.radians(generator.uniform(-180, 180, size))
    cosines = np.cos(lat)
    took = []
    for point in points:
        started = perf_counter()
        phi, theta = np.radians(point[0]), np.radians(point[1])
        half = np.sin((lat - phi) / 2) ** 2
        half += np.cos(phi) * cosines * np.sin((lon - theta) / 2) ** 2
        metres = 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))
        nearest = np.argpartition(metres, LIMIT)[:LIMIT]
        nearest[metres[nearest] <= RADIUS]
        took.append((perf_counter() - started) * 1e6)
    return median(took)


if __name__ == "__main__":
    main()
