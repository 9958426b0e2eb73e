"""What every request at the edge has around it."""

from typing import Any

from innkeeper.metrics import Metrics
from innkeeper.rpc import deadline
from innkeeper.web import EdgeMiddleware


async def run(application: Any, metrics: Metrics, path: str = "/hotels") -> None:
    async def nothing(*_: Any) -> None:
        """Receive and send."""

    edge = EdgeMiddleware(application, role="frontend", metrics=metrics, deadline=30)
    await edge({"type": "http", "method": "GET", "path": path}, nothing, nothing)


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
