"""Calls of requests that nobody traces, over each path."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from grpc.aio import Channel
from opentelemetry.trace import Span, SpanContext, SpanKind, TraceFlags

from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse
from innkeeper.settings import TracingSettings
from innkeeper.tracing import Tracing, activate, current, deactivate
from tests.rpc.conftest import Bench, ScriptedGeo, stub
from tests.support.collector import Kept


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Of the traces that begin here none is kept."""
    async with AsyncExitStack() as stack:
        settings = TracingSettings(traces_per_second=0)
        tracing = await stack.enter_async_context(Tracing(settings, destination=Kept()))
        yield Bench(stack, tracing)


async def below(edge: Span, path: tuple[Channel, ScriptedGeo]) -> Span:
    """What is current in a service that is called within `edge`."""
    channel, geo = path
    seen: list[Span] = []

    async def look(request: NearbyRequest, context: Any) -> NearbyResponse:
        seen.append(current())
        return NearbyResponse()

    geo.behaviour = look
    token = activate(edge)
    await stub(channel).Nearby(NearbyRequest(), timeout=20)
    deactivate(token)
    return seen[0]


async def test_no_object_is_made_for_them(bench: Bench, path: tuple[Channel, ScriptedGeo]) -> None:
    """Caller and service have the one stand-in of all unsampled requests."""
    edge = bench.tracing.tracer("frontend", "frontend-1").begin("edge", parent=None)
    assert await below(edge, path) is edge
    assert bench.tracing.sampling.begun == 1
    assert bench.tracing.statistics().recorded == 0


async def test_a_callers_trace_goes_on(bench: Bench, path: tuple[Channel, ScriptedGeo]) -> None:
    """Whoever named a trace without sampling it finds its id in every service."""
    caller = SpanContext(0xABC, 0xDEF, True, TraceFlags())
    edge = bench.tracing.tracer("frontend", "frontend-1").begin("edge", SpanKind.SERVER, caller)
    seen = (await below(edge, path)).get_span_context()
    assert (seen.trace_id, seen.span_id, seen.trace_flags) == (0xABC, 0xDEF, TraceFlags())
    assert bench.tracing.statistics().recorded == 0
