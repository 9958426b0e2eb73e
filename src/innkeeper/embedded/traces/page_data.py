"""What the pages ask for beyond Jaeger's API: figures that need no spans on the wire."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict

import msgspec
from aiohttp import web

from innkeeper.embedded.traces import parameters
from innkeeper.embedded.traces.answers import answer, envelope, written
from innkeeper.embedded.traces.api import dependencies_of, found
from innkeeper.embedded.traces.model import Trace
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.summary import summarize


class PageData:
    """Answers from one store. `now` gives nanoseconds since the epoch."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """What to add to an application that has `say_what_is_wrong` as middleware."""
        return [
            web.get("/data/summaries", self._summaries),
            web.get("/data/calls", self._calls),
            web.get("/data/statistics", self._statistics),
        ]

    async def _summaries(self, request: web.Request) -> web.Response:
        """Takes the parameters of /api/traces."""
        search = parameters.page_search(request.query, self._now())
        traces = await found(self._store, search)
        copies = [trace.copy() for trace in traces]
        return await written(request, await asyncio.to_thread(_encode_summaries, copies))

    async def _calls(self, request: web.Request) -> web.Response:
        """Takes the parameters of /api/dependencies."""
        period = parameters.period(request.query, self._now())
        calls = await dependencies_of(self._store, period)
        return answer(request, [asdict(dependency) for dependency in calls])

    async def _statistics(self, request: web.Request) -> web.Response:
        return answer(request, asdict(self._store.statistics()))


def _encode_summaries(traces: list[Trace]) -> bytes:
    return msgspec.json.encode(envelope([summarize(trace) for trace in traces]))
