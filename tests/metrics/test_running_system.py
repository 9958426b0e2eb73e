"""The figures of a running system agree with the load that was sent, to the call."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.support.expressions import alert_expressions, dashboard_expressions, metrics_in
from tests.support.system import System, eventually, system

ROOT = Path(__file__).resolve().parents[2]
EXPORT = "opentelemetry.proto.collector.trace.v1.TraceService/Export"
ANSWERED, REFUSED = 48, 5
ENDINGS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}
CALLS = {
    ("frontend", "search"): "innkeeper.search.v1.Search/Nearby",
    ("frontend", "profile"): "innkeeper.profile.v1.Profile/GetProfiles",
    ("search", "geo"): "innkeeper.geo.v1.Geo/Nearby",
    ("search", "rate"): "innkeeper.rate.v1.Rate/GetRates",
}


@pytest.fixture(scope="module", params=["--replicas=geo=2,search=2", "--together"])
def running(request: pytest.FixtureRequest) -> Iterator[System]:
    """The system after a known load: good requests, many at once, and some that are refused."""
    with system(request.param) as started:
        eventually(lambda: started.get("/readyz").status_code == 200)
        with ThreadPoolExecutor(8) as senders:
            answers = list(senders.map(lambda _: started.stay(), range(ANSWERED)))
        refused = [started.get("/hotels") for _ in range(REFUSED)]
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.status_code for answer in refused} == {400}
        yield started


def admins(running: System) -> set[str]:
    """The admin listeners that the registry names."""
    services = running.get("/v1/catalog/services", "registry").json()
    entries = (
        entry
        for service in services
        for entry in running.get(f"/v1/catalog/service/{service}", "registry").json()
    )
    return {entry["ServiceMeta"]["admin"] for entry in entries if "admin" in entry["ServiceMeta"]}


def families(running: System) -> Iterator[Metric]:
    """All figures of all processes."""
    for admin in admins(running):
        yield from text_string_to_metric_families(running.http.get(f"{admin}/metrics").text)


def totals(running: System, name: str, *labels: str) -> Mapping[tuple[str, ...], float]:
    """The sums of a series over all processes, by these labels."""
    sums: Counter[tuple[str, ...]] = Counter()
    for sample in (sample for family in families(running) for sample in family.samples):
        if sample.name == name:
            sums[tuple(sample.labels[label] for label in labels)] += int(sample.value)
    return sums


def test_requests(running: System) -> None:
    """Every request is counted, with the status that it got."""
    counted = totals(
        running,
        "http_server_request_duration_seconds_count",
        "http_route",
        "http_response_status_code",
    )
    assert counted["/hotels", "200"] == ANSWERED
    assert counted["/hotels", "400"] == REFUSED
    assert counted["/hotels", "503"] == counted["/hotels", "504"] == 0


def test_requests_to_what_comes_along(running: System) -> None:
    """Those to the registry are counted, and so are those that brought spans to the collector."""
    labels = ("role", "http_route", "http_response_status_code")
    counted = totals(running, "http_server_request_duration_seconds_count", *labels)
    assert counted["registry", "/v1/agent/service/register", "200"] > 0
    assert counted["traces", "/api/traces", "400"] == 0

    def exported() -> bool:
        labels = ("role", "rpc_method", "rpc_response_status_code")
        calls = totals(running, "rpc_server_call_duration_seconds_count", *labels)
        return calls["traces", EXPORT, "OK"] > 0

    eventually(exported)


def test_calls(running: System) -> None:
    """Every request is one call of each service to the next; each attempt reaches one server."""
    labels = ("role", "rpc_method", "rpc_response_status_code")
    made = totals(running, "rpc_client_call_duration_seconds_count", *labels)
    served = totals(running, "rpc_server_call_duration_seconds_count", *labels)
    retries = totals(running, "innkeeper_rpc_client_retries_total", "role", "rpc_method")
    hedges = totals(running, "innkeeper_rpc_client_hedges_total", "service")
    for (caller, called), method in CALLS.items():
        assert made[caller, method, "OK"] == ANSWERED
        attempts = sum(count for (role, name, _), count in served.items() if name == method)
        # A second attempt, on a machine with much to do, is a retry only if it was the faster.
        least = ANSWERED + retries[caller, method]
        assert least <= attempts <= least + hedges.get((called,), 0), called


def test_what_happens_rarely_is_shown(running: System) -> None:
    """Second attempts, ejections and refused attempts are there for each service that is called,
    whether there were any or not."""
    endpoints = totals(running, "innkeeper_endpoints", "service", "state")
    called = {(service,) for service, _ in endpoints}
    for name in ("hedges", "ejections", "attempts_refused"):
        assert totals(running, f"innkeeper_rpc_client_{name}_total", "service").keys() == called


def test_who_calls_whom(running: System) -> None:
    """The collector's dependencies count the same calls."""

    def seen() -> Mapping[tuple[str, str], int]:
        now = time.time_ns() // 1_000_000
        edges = running.get("/api/dependencies", "traces", endTs=now, lookback=3_600_000)
        return {(edge["parent"], edge["child"]): edge["callCount"] for edge in edges.json()["data"]}

    served = totals(running, "rpc_server_call_duration_seconds_count", "rpc_method")
    expected = {pair: served[(method,)] for pair, method in CALLS.items()}
    try:
        eventually(lambda: seen() == expected)
    except AssertionError:
        assert seen() == expected


def test_spans(running: System) -> None:
    """What was delivered has arrived, and every trace that began was kept."""
    requests = ANSWERED + REFUSED

    def arrived() -> bool:
        accepted = totals(running, "innkeeper_collector_spans_total", "outcome")["accepted",]
        outcomes = totals(running, "innkeeper_spans_total", "outcome")
        waiting = totals(running, "innkeeper_spans_waiting")[()]
        return not waiting and accepted == outcomes["delivered",] >= requests

    eventually(arrived)
    assert totals(running, "innkeeper_spans_total", "outcome")["lost",] == 0
    assert totals(running, "innkeeper_traces_begun_total")[()] == requests
    assert totals(running, "innkeeper_traces_sampled_total")[()] == requests


def test_messages(running: System) -> None:
    """What one side put into messages the other took out of them."""
    sent = totals(running, "innkeeper_rpc_sent_batch_calls_sum", "service")
    received = totals(running, "innkeeper_rpc_received_batch_calls_sum", "role")
    # A first attempt that lost is cancelled, which is sent as well.
    cancelled = totals(running, "innkeeper_rpc_client_hedges_total", "service")
    for service, count in sent.items():
        assert received[service] <= count <= received[service] + cancelled[service]


def test_nothing_is_under_way_any_more(running: System) -> None:
    """What counts calls up counts them down."""
    for name, label in (
        ("innkeeper_rpc_server_calls_under_way", "role"),
        ("innkeeper_rpc_client_calls_under_way", "service"),
    ):
        assert set(totals(running, name, label).values()) <= {0}


def test_dashboard_and_alerts_name_what_exists(running: System) -> None:
    """No query asks for a series that no process has."""
    deploy = ROOT / "deploy"
    existing = {"up"}
    for family in families(running):
        # One without a series in this topology is a figure nevertheless.
        existing |= {family.name + ending for ending in ENDINGS[family.type]}
    for expression in (*dashboard_expressions(deploy), *alert_expressions(deploy)):
        assert metrics_in(expression), expression
        assert metrics_in(expression) <= existing, expression


def test_documentation_names_every_figure(running: System) -> None:
    """Each is in the table for operators, and that has no others; libraries' own aside."""
    written = (ROOT / "docs" / "operations.md").read_text()
    named = set(re.findall(r"`((?:innkeeper|http|rpc)_[a-z_]+)`", written))
    shown = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in families(running)
    }
    assert named == {name for name in shown if not name.startswith(("process_", "python_"))}
