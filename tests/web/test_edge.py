"""What every request at the edge has around it."""

import asyncio
from itertools import pairwise
from typing import Any

from innkeeper.metrics import Metrics
from innkeeper.rpc import deadline
from innkeeper.web import EdgeMiddleware
from innkeeper.web.edge import MOST_IN_TURN


async def nothing(*_: Any) -> None:
    """Receive and send."""


def request(path: str = "/hotels", method: str = "GET") -> dict[str, str]:
    return {"type": "http", "method": method, "path": path}


async def run(application: Any, metrics: Metrics, path: str = "/hotels") -> None:
    edge = EdgeMiddleware(application, role="frontend", metrics=metrics, deadline=30)
    await edge(request(path), nothing, nothing)


async def test_deadline() -> None:
    """Whatever is done for a request has its deadline, and what comes after it has none."""
    left: list[float | None] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        left.append(deadline.remaining())

    await run(application, Metrics())
    assert left[0] is not None
    assert 20 < left[0] <= 30
    assert deadline.remaining() is None


async def test_counted_by_route() -> None:
    """Requests are counted by path and status; paths that nobody offers are one."""
    metrics = Metrics()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        status = 200 if scope["path"] == "/hotels" else 404
        await send({"type": "http.response.start", "status": status, "headers": []})

    await run(application, metrics)
    await run(application, metrics, "/invented/by/somebody")
    shown = metrics.render().decode()
    assert "/hotels" in shown
    assert "invented" not in shown


async def test_too_many_requests() -> None:
    """Beyond the limit a request is refused at once and told when to come back; those under way are
    served, and whoever asks for the process's health is answered."""
    may_end = asyncio.Event()
    served: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/hotels":
            await may_end.wait()
        served.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    edge = EdgeMiddleware(
        application, role="frontend", metrics=Metrics(), deadline=30, most_requests=2
    )
    waiting = [asyncio.create_task(edge(request(), nothing, nothing)) for _ in range(2)]
    await asyncio.sleep(0)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await edge(request(), nothing, send)
    assert sent[0]["status"] == 503
    assert dict(sent[0]["headers"])[b"retry-after"] == b"1"
    await edge(request("/healthz"), nothing, nothing)
    may_end.set()
    await asyncio.gather(*waiting)
    assert served == ["/healthz", "/hotels", "/hotels"]
    assert edge.under_way == 0


async def test_few_requests_begin_in_one_pass() -> None:
    """However many requests come together, in each pass of the loop a few of them begin, the first
    first, and those who ask for the process's health do not wait."""
    begun: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        begun.append(scope["path"])

    edge = EdgeMiddleware(application, role="frontend", metrics=Metrics(), deadline=30)
    count = 2 * MOST_IN_TURN + 1
    paths = [*(f"/{number}" for number in range(count)), "/healthz"]
    requests = [asyncio.create_task(edge(request(path), nothing, nothing)) for path in paths]
    await asyncio.sleep(0)
    assert begun == [*paths[:MOST_IN_TURN], "/healthz"]
    # Who comes later does not pass by those who wait.
    paths.insert(-1, "/late")
    requests.append(asyncio.create_task(edge(request("/late"), nothing, nothing)))
    passes = [len(begun)]
    while len(begun) < len(paths):
        await asyncio.sleep(0)
        passes.append(len(begun))
    assert all(after - before <= MOST_IN_TURN for before, after in pairwise(passes))
    await asyncio.gather(*requests)
    assert [path for path in begun if path != "/healthz"] == paths[:-1]


async def test_invented_methods_are_one() -> None:
    """Methods that nobody knows make no series of their own."""
    metrics = Metrics()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 405, "headers": []})

    edge = EdgeMiddleware(application, role="frontend", metrics=metrics, deadline=30)
    await edge(request(method="BREW"), nothing, nothing)
    assert "BREW" not in metrics.render().decode()


async def test_who_gives_up_waiting_takes_nobodys_turn() -> None:
    """Of those that wait for a pass, the ones that were cancelled are passed over."""
    begun: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        begun.append(scope["path"])

    edge = EdgeMiddleware(application, role="frontend", metrics=Metrics(), deadline=30)
    paths = [f"/{number}" for number in range(3 * MOST_IN_TURN)]
    requests = [asyncio.create_task(edge(request(path), nothing, nothing)) for path in paths]
    await asyncio.sleep(0)
    for left in requests[MOST_IN_TURN : 2 * MOST_IN_TURN]:
        left.cancel()
    await asyncio.gather(*requests, return_exceptions=True)
    assert begun == paths[:MOST_IN_TURN] + paths[2 * MOST_IN_TURN :]
    assert edge.under_way == 0
