"""The figures of what the embedded registry and collector are asked."""

import re

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from innkeeper.embedded.registry.server import RegistryServer
from innkeeper.embedded.traces import grpc_intake
from innkeeper.embedded.traces.server import TracesServer
from innkeeper.host.requests import (
    EXPORT,
    REGISTRY_REQUESTS,
    TRACES_REQUESTS,
    calls_of,
    declare_registry,
    declare_traces,
    requests_of,
)
from innkeeper.metrics import Metrics

LABELS = (
    *("role", "http_request_method", "http_route", "http_response_status_code"),
    *("rpc_method", "rpc_response_status_code"),
)
Counts = dict[tuple[str, ...], float]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def counts(metrics: Metrics) -> Counts:
    """How many requests and calls there were, by role, method, route and status."""
    return {
        tuple(sample.labels[label] for label in LABELS if label in sample.labels): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
        if re.fullmatch("(http_server_request|rpc_server_call)_duration_seconds_count", sample.name)
    }


def test_zeros_from_the_start(metrics: Metrics) -> None:
    """What matters is there before anybody asks, in no more series than a person can look at."""
    declare_registry("registry", metrics)
    declare_traces("traces", metrics)
    found = counts(metrics)
    assert set(found.values()) == {0}
    assert ("registry", "GET", "/v1/health/service/{service}", "200") in found
    assert ("traces", "POST", "/v1/traces", "503") in found
    assert ("traces", EXPORT, "UNAVAILABLE") in found
    assert len(found) < 60


def test_requests_and_calls_are_counted(metrics: Metrics) -> None:
    """Under the role that answered them."""
    requests_of("registry", metrics)("GET", "/v1/kv/{key}", 404, 0.1)
    calls_of("traces", metrics)(EXPORT, "OK", 0.1)
    assert counts(metrics) == {
        ("registry", "GET", "/v1/kv/{key}", "404"): 1,
        ("traces", EXPORT, "OK"): 1,
    }


async def test_the_servers_have_the_routes_that_are_declared() -> None:
    """A route declared under another name than it is counted under would be zero for ever."""
    told = []

    def observe(method: str, route: str, status: int, seconds: float) -> None:
        told.append((method, route))

    registry = RegistryServer(port=0, observe=observe)
    ports = {"query_port": 0, "otlp_grpc_port": 0, "otlp_http_port": 0}
    traces = TracesServer(**ports, observe=observe)
    async with registry, traces, aiohttp.ClientSession() as session:
        for server, requests in ((registry, REGISTRY_REQUESTS), (traces, TRACES_REQUESTS)):
            for method, route, _ in requests:
                url = traces.otlp_http if route == "/v1/traces" else server.url
                await session.request(method, url + re.sub("{.*}", "1", route))
    assert told == [request[:2] for request in (*REGISTRY_REQUESTS, *TRACES_REQUESTS)]
    assert grpc_intake.EXPORT == EXPORT
