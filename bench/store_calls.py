"""One store, called in a process of its own or asked over gRPC; `bench.stores` starts it.

python -m bench.store_calls measure ADDRESS SIZE     prints figures of single calls
python -m bench.store_calls serve ADDRESS            prints a port, serves geo until its input ends
"""

# ruff: noqa: T201 - what it prints is its purpose

import asyncio
import json
import random
import resource
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from grpc import aio

from innkeeper.hotels.catalogue.made_up.atlas import cities
from innkeeper.hotels.catalogue.stores import open_geo, open_profile, open_rate
from innkeeper.hotels.geo.service import Geo
from innkeeper.pb.geo.v1.geo_pb2_grpc import add_GeoServicer_to_server

RADIUS = 10_000.0
LIMIT = 20
CALLS = 2000
SEA = (-45.0, -120.0)
WORDS = ["central hotel", "harbour", "grand tokio", "hotel inn", "paris"]
A = TypeVar("A")
Point = tuple[float, float]


def main() -> None:
    what, address, *size = sys.argv[1:]
    if what == "serve":
        asyncio.run(serve(address))
    else:
        print(json.dumps(asyncio.run(measure(address, int(size[0])))))


async def serve(address: str) -> None:
    """Serve geo as plain gRPC, until nobody holds the other end of the standard input."""
    server = aio.server()
    add_GeoServicer_to_server(Geo(open_geo(address)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(None)


def in_city(count: int) -> list[Point]:
    """Points around the centre of the largest city."""
    chance = random.Random(1)
    city = max(cities(), key=lambda city: city.population)
    return [
        (city.lat + chance.gauss(0, 0.03), city.lon + chance.gauss(0, 0.03)) for _ in range(count)
    ]


def at_sea(count: int) -> list[Point]:
    """Points that no hotel is near."""
    chance = random.Random(2)
    return [(SEA[0] + chance.uniform(-5, 5), SEA[1] + chance.uniform(-5, 5)) for _ in range(count)]


async def measure(address: str, size: int) -> dict[str, float]:
    before = memory()
    started = perf_counter()
    geo, rate, profile = open_geo(address), open_rate(address), open_profile(address)
    await geo.nearby(*SEA, RADIUS, LIMIT)
    opened = perf_counter() - started
    points, sea = in_city(CALLS), at_sea(CALLS)
    dense = await times(points, lambda point: geo.nearby(*point, RADIUS, LIMIT))
    many = await times(points[:200], lambda point: geo.nearby(*point, 50_000, 500))
    empty = await times(sea, lambda point: geo.nearby(*point, RADIUS, LIMIT))
    found = [[place[1] for place in await geo.nearby(*point, RADIUS, LIMIT)] for point in points]
    rates = await times(found, rate.plans)
    profiles = await times(found, profile.hotels)
    words = await times(WORDS * 20, lambda q: profile.find(q, 0, None, LIMIT))
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
        "find": median(words),
        **linear(size, points[:20]),
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


def linear(size: int, points: Sequence[tuple[float, float]]) -> dict[str, float]:
    """The median time to measure every place and take the nearest; nothing without NumPy."""
    try:
        import numpy as np
    except ModuleNotFoundError:
        return {}
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
    return {"linear": median(took)}


if __name__ == "__main__":
    main()
