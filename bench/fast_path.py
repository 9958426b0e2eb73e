"""What `GET /hotels` costs in Python: the five services called one from another, with no network.

Messages are written and read as on the wire, so what is missing of a real request is transport,
HTTP parsing, spans and metrics. Every request has its own stay (1 to 7 nights, over 15 years), its
own place in San Francisco and the default radius and limit, so that no answer is asked for twice.
Figures are CPU µs a request, the median over the rounds with minimum and maximum.

    python -m bench.fast_path --rounds 9 --requests 1000
    python -m bench.fast_path --plans all
    python -m bench.fast_path --json > after.json
    python -m bench.fast_path --before bench/results/fast_path-before.json
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import asyncio
import datetime
import json
import platform
import random
import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import thread_time_ns
from typing import Any

import google.protobuf
import uvloop
from google.protobuf.message import Message

from innkeeper.hotels.frontend.app import create_app
from innkeeper.hotels.frontend.page import Page
from innkeeper.hotels.geo.service import Geo
from innkeeper.hotels.geo.store import JsonGeoStore
from innkeeper.hotels.profile.service import Profile
from innkeeper.hotels.profile.store import JsonProfileStore
from innkeeper.hotels.rate.service import Rate
from innkeeper.hotels.rate.store import JsonRateStore
from innkeeper.hotels.search.service import Search
from innkeeper.pb.geo.v1 import geo_pb2
from innkeeper.pb.profile.v1 import profile_pb2
from innkeeper.pb.rate.v1 import rate_pb2
from innkeeper.pb.search.v1 import search_pb2
from innkeeper.settings import FrontendSettings

DATA = Path(__file__).resolve().parents[1] / "data"
PLANS = "cheapest"
"""What is told of a hotel by default."""
STAGES = ("geo", "rate", "search", "profile", "frontend", "messages")
"""Each without what it asks others; `messages` is writing and reading between them."""

Figures = dict[str, list[float]]


class Stopwatch:
    """The CPU time of stages that begin and end within one another, each without the inner ones."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = defaultdict(int)
        self._stages = ["outside"]
        self._since = thread_time_ns()

    def begin(self, name: str) -> None:
        """Charge what follows to `name`."""
        self._charge()
        self._stages.append(name)

    def end(self) -> None:
        """Charge what follows to the stage around this one."""
        self._charge()
        self._stages.pop()

    def _charge(self) -> None:
        now = thread_time_ns()
        self.spent[self._stages[-1]] += now - self._since
        self._since = now


class Wire:
    """Stands for stub, network and server of one service: what arrives is a copy made of bytes."""

    def __init__(self, watch: Stopwatch, stage: str, service: object) -> None:
        self._watch = watch
        self._stage = stage
        self._service = service

    def __getattr__(self, method: str) -> Callable[[Message], Awaitable[Any]]:
        watch, stage = self._watch, self._stage
        handler = getattr(self._service, method)
        request_type, response_type = _MESSAGES[stage, method]

        async def call(request: Message) -> Message:
            watch.begin("messages")
            arrived = request_type.FromString(request.SerializeToString())
            watch.begin(stage)
            response = await handler(arrived, None)
            watch.end()
            arrived = response_type.FromString(response.SerializeToString())
            watch.end()
            return arrived

        setattr(self, method, call)
        return call


_MESSAGES: dict[tuple[str, str], tuple[type[Message], type[Message]]] = {
    ("geo", "Nearby"): (geo_pb2.NearbyRequest, geo_pb2.NearbyResponse),
    ("rate", "GetRates"): (rate_pb2.GetRatesRequest, rate_pb2.GetRatesResponse),
    ("profile", "GetProfiles"): (
        profile_pb2.GetProfilesRequest,
        profile_pb2.GetProfilesResponse,
    ),
    ("search", "Nearby"): (search_pb2.NearbyRequest, search_pb2.NearbyResponse),
}


class System:
    """The five services in one process, asked as an HTTP server would ask."""

    def __init__(self, profile_cache_seconds: float) -> None:
        self.watch = watch = Stopwatch()
        geo = Wire(watch, "geo", Geo(JsonGeoStore.load(DATA / "geo.json")))
        rate = Wire(watch, "rate", Rate(JsonRateStore.load(DATA / "rate.json")))
        profile = Wire(watch, "profile", Profile(JsonProfileStore.load(DATA / "profile.json")))
        search = Wire(watch, "search", Search(geo, rate, profile))
        self._app: Any = create_app(
            search, profile, _ready, Page(), profile_cache_seconds=profile_cache_seconds
        )

    async def get(self, path: str, query: str = "") -> bytes:
        """The body of a good answer."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = _scope(path, query)
        self.watch.begin("frontend")
        await self._app(scope, receive, send)
        self.watch.end()
        assert sent[0]["status"] == 200, sent
        body: bytes = sent[1]["body"]
        return body


async def _ready() -> dict[str, str | None]:
    return {}


def _scope(path: str, query: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost:5000"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 5000),
        "state": {},
    }


def queries(count: int, seed: int, plans: str) -> list[str]:
    """As many different questions, the same for a seed."""
    chance = random.Random(seed)
    # As who asks for the default does not name it.
    rest = "" if plans == PLANS else f"&plans={plans}"
    return [_query(chance) + rest for _ in range(count)]


def _query(chance: random.Random) -> str:
    in_date = datetime.date(2015, 1, 1) + datetime.timedelta(days=chance.randrange(15 * 365))
    out_date = in_date + datetime.timedelta(days=chance.randint(1, 7))
    lat, lon = chance.uniform(37.76, 37.80), chance.uniform(-122.44, -122.39)
    return f"inDate={in_date}&outDate={out_date}&lat={lat:.4f}&lon={lon:.4f}"


async def measure(
    rounds: int, requests: int, seed: int, profile_cache_seconds: float, plans: str
) -> dict[str, Any]:
    """Figures of every round; the round before the first warms up."""
    system = System(profile_cache_seconds)
    figures: Figures = defaultdict(list)
    features = size = 0
    for number in range(-1, rounds):
        asked = queries(requests, seed + number, plans)
        spent = system.watch.spent
        spent.clear()
        for query in asked:
            body = await system.get("/hotels", query)
            if number >= 0:
                features += body.count(b'"Feature"')
                size += len(body)
        took = {stage: spent[stage] / requests / 1000 for stage in STAGES}
        spent.clear()
        for _ in asked:
            await system.get("/healthz")
        if number < 0:
            continue
        for stage, figure in took.items():
            figures[stage].append(figure)
        figures["total"].append(sum(took.values()))
        figures["/healthz"].append(spent["frontend"] / requests / 1000)
    return {
        "python": platform.python_version(),
        "protobuf": google.protobuf.__version__,
        "rounds": rounds,
        "requests a round": requests,
        "seed": seed,
        "profile cache, s": profile_cache_seconds,
        "plans": plans,
        "hotels an answer": features / rounds / requests,
        "bytes an answer": size / rounds / requests,
        "µs": figures,
    }


def table(result: dict[str, Any], before: dict[str, Any] | None) -> str:
    """The figures for people."""
    lines = [
        f"{result['hotels an answer']:.1f} hotels and {result['bytes an answer']:.0f} bytes"
        " an answer, CPU µs a request"
    ]
    for stage, rounds in result["µs"].items():
        median = statistics.median(rounds)
        line = f"{stage:10}{median:8.1f}   ({min(rounds):.1f}–{max(rounds):.1f})"
        if before is not None:
            earlier = statistics.median(before["µs"][stage])
            line = f"{line:38}before {earlier:7.1f}   × {median / earlier:.2f}"
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=1000, help="in each round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--profile-cache",
        type=float,
        default=FrontendSettings.profile_cache_seconds,
        metavar="SECONDS",
        help="0 asks profile every time",
    )
    parser.add_argument("--plans", choices=("cheapest", "all"), default=PLANS, help="of each hotel")
    parser.add_argument("--json", action="store_true", help="print every round as JSON")
    parser.add_argument("--before", type=Path, help="a result to compare with, made with --json")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(
            measure(
                options.rounds,
                options.requests,
                options.seed,
                options.profile_cache,
                options.plans,
            )
        )
    if options.json:
        print(json.dumps(result, indent=1, ensure_ascii=False))
        return
    before = json.loads(options.before.read_text()) if options.before else None
    print(table(result, before))


if __name__ == "__main__":
    main()
