"""The handlers of Jaeger's query API."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from innkeeper.embedded.observing import ROUTE, UNKNOWN
from innkeeper.embedded.traces import jaeger, parameters
from innkeeper.embedded.traces.answers import answer, envelope, failure, written
from innkeeper.embedded.traces.dependencies import Calls, Dependency, touches
from innkeeper.embedded.traces.gotext import parse_trace_id
from innkeeper.embedded.traces.model import Trace
from innkeeper.embedded.traces.query import find
from innkeeper.embedded.traces.store import Store
from innkeeper.embedded.traces.transform import transform
from innkeeper.embedded.traces.turns import Turns

_NO_METRICS = "metrics querying is currently disabled"
_NO_ARCHIVE = "archive span storage was not configured"


class Api:
    """Answers from one store. `now` gives nanoseconds since the epoch."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """What to add to an application that has `say_what_is_wrong` as middleware."""
        return [
            web.get("/api/services", self._services),
            web.get("/api/services/{service}/operations", self._operation_names),
            web.get("/api/operations", self._operations),
            web.get("/api/traces", self._search),
            web.get("/api/traces/{trace_id}", self._trace),
            web.get("/api/dependencies", self._dependencies),
            web.get("/api/metrics/latencies", self._latencies),
            web.get("/api/metrics/calls", self._rates),
            web.get("/api/metrics/errors", self._rates),
            web.get("/api/metrics/minstep", self._minimal_step),
            web.post("/api/transform", transform),
            web.post("/api/archive/{trace_id}", self._archive),
            web.route("*", "/api/{rest:.*}", self._unknown),
        ]

    async def _services(self, request: web.Request) -> web.Response:
        names = self._store.services()
        return answer(request, names or None, total=len(names))

    async def _operation_names(self, request: web.Request) -> web.Response:
        operations = self._store.operations(request.match_info["service"])
        names = sorted({name for name, _ in operations})
        return answer(request, names or None, total=len(names))

    async def _operations(self, request: web.Request) -> web.Response:
        service = request.query.get("service", "")
        if not service:
            raise ValueError("parameter 'service' is required")
        wanted = request.query.get("spanKind", "")
        operations = [
            {"name": name, "spanKind": kind}
            for name, kind in self._store.operations(service)
            if not wanted or kind == wanted
        ]
        return answer(request, operations, total=len(operations))

    async def _search(self, request: web.Request) -> web.Response:
        search = parameters.jaeger_search(request.query, self._now())
        errors: list[jaeger.Json] | None = None
        if search.trace_ids:
            known = [(trace_id, self._store.trace(trace_id)) for trace_id in search.trace_ids]
            traces = [trace for _, trace in known if trace]
            errors = [
                {"msg": "trace not found", "traceID": jaeger.id_text(trace_id)}
                for trace_id, trace in known
                if not trace
            ] or None
        else:
            traces = await found(self._store, search)
        return await _traces(request, traces, search.raw, errors)

    async def _trace(self, request: web.Request) -> web.Response:
        trace_id = parse_trace_id(request.match_info["trace_id"])
        raw = parameters.raw(request.query)
        trace = self._store.trace(trace_id)
        if trace is None:
            return failure(404, "trace not found")
        return await _traces(request, [trace], raw, None)

    async def _dependencies(self, request: web.Request) -> web.Response:
        period = parameters.period(request.query, self._now())
        service = request.query.get("service", "")
        links = [
            {"parent": link.parent, "child": link.child, "callCount": link.calls}
            for link in await dependencies_of(self._store, period)
            if service in ("", link.parent, link.child)
        ]
        return answer(request, links)

    async def _latencies(self, request: web.Request) -> web.Response:
        parameters.check_quantile(request.query)
        return await self._rates(request)

    async def _rates(self, request: web.Request) -> web.Response:
        parameters.check_metrics(request.query)
        return failure(501, _NO_METRICS)

    async def _minimal_step(self, request: web.Request) -> web.Response:
        return failure(501, _NO_METRICS)

    async def _archive(self, request: web.Request) -> web.Response:
        parse_trace_id(request.match_info["trace_id"])
        return failure(500, _NO_ARCHIVE)

    async def _unknown(self, request: web.Request) -> web.Response:
        request[ROUTE] = UNKNOWN
        return failure(404, f"{request.path} is not offered here")


async def found(store: Store, search: parameters.Search) -> list[Trace]:
    """The traces of a search, newest first, found without holding up the loop."""
    turns = Turns()
    traces: list[Trace] = []
    for trace in find(store, search.query):
        if trace is not None:
            traces.append(trace)
            if len(traces) == search.limit:
                break
        await turns.give_way()
    return traces


async def dependencies_of(store: Store, period: parameters.Period) -> list[Dependency]:
    """Who called whom in the period, counted without holding up the loop."""
    turns = Turns()
    calls = Calls()
    for trace in list(store.traces()):
        if touches(trace, period.start, period.end):
            calls.count(trace)
        await turns.give_way()
    return calls.found()


@web.middleware
async def say_what_is_wrong(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn a parameter that cannot be read into Jaeger's answer for it."""
    try:
        return await handler(request)
    except ValueError as error:
        return failure(400, str(error))


async def _traces(
    request: web.Request, traces: list[Trace], raw: bool, errors: list[jaeger.Json] | None
) -> web.Response:
    """Writing takes seconds for a huge trace, so it happens in a thread, on copies."""
    copies = [trace.copy() for trace in traces]
    return await written(request, await asyncio.to_thread(_encode, copies, raw, errors))


def _encode(traces: list[Trace], raw: bool, errors: list[jaeger.Json] | None) -> bytes:
    data = [msgspec.Raw(jaeger.encode(trace, raw=raw)) for trace in traces]
    return msgspec.json.encode(envelope(data, errors=errors))
