"""A real Prometheus reads the system as deploy/ sets it up, from either registry."""

import asyncio
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.expressions import dashboard_expressions
from tests.support.prometheus import Prometheus, binary, running_prometheus
from tests.support.registries import RealConsul
from tests.support.system import System, eventually, system

pytestmark = pytest.mark.real

ROLES = ("geo", "rate", "profile", "search", "frontend")
INSTANCES = {*(f"{role}-1" for role in ROLES), "geo-2", "traces-1"}
REQUESTS = 7
EMBEDDED_REGISTRY = re.compile("innkeeper_registry_(services|instances|keys|watchers)")


@contextmanager
def consul() -> Iterator[str]:
    """The URL of a real Consul, looked after by a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    registry = RealConsul()
    try:
        asyncio.run_coroutine_threadsafe(registry.start(), loop).result()
        yield registry.url
    finally:
        asyncio.run_coroutine_threadsafe(registry.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module", params=["embedded", "consul"])
def registry(request: pytest.FixtureRequest) -> str:
    """Which registry the system uses."""
    return str(request.param)


@pytest.fixture(scope="module")
def running(registry: str) -> Iterator[System]:
    """The system with two geos after some requests."""
    with ExitStack() as stack:
        env = {}
        if registry == "consul":
            env["CONSUL_HTTP_ADDR"] = stack.enter_context(consul())
        started = stack.enter_context(system("--replicas", "geo=2", env=env))
        eventually(lambda: started.get("/readyz").status_code == 200)
        for _ in range(REQUESTS):
            assert started.stay().status_code == 200
        yield started


@pytest.fixture(scope="module")
def instances(registry: str) -> set[str]:
    """What must be found; the registry is a process of ours only where it is embedded."""
    return INSTANCES if registry == "consul" else INSTANCES | {"registry-1"}


@pytest.fixture(scope="module")
def prometheus(
    running: System, instances: set[str], deploy: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Prometheus as deploy/prometheus.yml has it, once it has read everybody twice."""
    folder = tmp_path_factory.mktemp("prometheus")
    config = deploy / "prometheus.yml"
    with running_prometheus(config, running.addresses["registry"], folder) as started:
        eventually(
            lambda: started.instances('count_over_time(up{job="innkeeper"}[1m]) > 2') >= instances,
            30,
        )
        yield started


def test_every_instance_is_read(prometheus: Prometheus, instances: set[str]) -> None:
    """Each process is one target, named and with its role, and answers."""
    assert prometheus.instances("up == 1") == instances
    assert len(prometheus.targets()) == len(instances)
    for series in prometheus.query("up"):
        assert series["metric"]["role"] == series["metric"]["instance"].rpartition("-")[0]
    assert prometheus.instances("process_resident_memory_bytes > 0") == instances


def test_series_of_every_role(prometheus: Prometheus) -> None:
    """What a service did is there under its own role, all instances together as often as asked."""
    for role in ("geo", "rate", "profile", "search"):
        counted = f'sum(rpc_server_call_duration_seconds_count{{role="{role}"}})'
        eventually(lambda counted=counted: value(prometheus, counted) == REQUESTS)
    answered = 'sum(http_server_request_duration_seconds_count{http_route="/hotels"})'
    eventually(lambda: value(prometheus, answered) == REQUESTS)


def test_a_stopped_instance_leaves(running: System, prometheus: Prometheus) -> None:
    """One that is killed is a target again under its name once it was started anew."""
    before = {target["labels"]["instance"]: target["scrapeUrl"] for target in prometheus.targets()}
    running.process("geo-2").kill()

    def moved() -> bool:
        now = {target["labels"]["instance"]: target["scrapeUrl"] for target in prometheus.targets()}
        return now.get("geo-2", before["geo-2"]) != before["geo-2"]

    eventually(moved, 30)


def test_rules_can_be_evaluated(prometheus: Prometheus) -> None:
    """Every alert is well as Prometheus sees it."""
    rules = eventually(
        lambda: [rule for rule in prometheus.rules() if rule["health"] != "unknown"], 30
    )
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


def test_dashboard_shows_something(prometheus: Prometheus, registry: str, deploy: Path) -> None:
    """No panel's query is wrong or empty, but for those about the registry that comes along."""
    for expression in dashboard_expressions(deploy):
        asked = expression.replace("$__rate_interval", "1m")
        if registry == "embedded" or not EMBEDDED_REGISTRY.search(asked):
            eventually(lambda asked=asked: prometheus.query(asked))


def value(prometheus: Prometheus, expression: str) -> float | None:
    """The one number that an expression gives."""
    found = prometheus.query(expression)
    return float(found[0]["value"][1]) if found else None


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("check config", "deploy/prometheus.yml"),
        ("check rules", "deploy/alerts.yml"),
        ("test rules", "tests/deploy/alerts_test.yml"),
    ],
)
def test_promtool(deploy: Path, command: str, file: str) -> None:
    """Prometheus' own tool finds nothing wrong, and alerts fire when they should."""
    checked = subprocess.run(
        [binary("promtool"), *command.split(), str(deploy.parent / file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
