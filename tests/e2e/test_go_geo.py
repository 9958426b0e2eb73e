"""A geo service in Go, which knows nothing of calls in batches, in the place of ours."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.go_geo import go_geo
from tests.support.system import System, eventually, system

pytestmark = pytest.mark.real

REQUESTS = 200


@pytest.fixture(scope="module")
def answers() -> Iterator[list[object]]:
    """What the system says with our own geo, for some places."""
    with system("--together") as ours:
        eventually(lambda: ours.get("/readyz").status_code == 200)
        yield [ask(ours, number) for number in range(20)]


@pytest.fixture(scope="module")
def running() -> Iterator[System]:
    """The system with a geo in Go."""
    with system("--without=geo") as started, go_geo(started.addresses["registry"]):
        eventually(lambda: started.get("/readyz").status_code == 200)
        yield started


def ask(running: System, number: int) -> object:
    """The hotels near one of many places."""
    answer = running.stay(lat=37.77 + number % 20 / 1000, lon=-122.41, radius=3000)
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(running: System) -> Counter[str]:
    """How many messages search has sent on streams, by service."""
    (entry,) = running.get("/v1/catalog/service/search", "registry").json()
    text = running.http.get(f"{entry['ServiceMeta']['admin']}/metrics").text
    return Counter(
        {
            sample.labels["service"]: int(sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "innkeeper_rpc_sent_batch_calls_count"
        }
    )


def test_the_system_is_the_same(running: System, answers: list[object]) -> None:
    """Whatever geo is made of, the hotels near a place are these."""
    assert [ask(running, number) for number in range(20)] == answers


def test_it_is_called_plainly(running: System) -> None:
    """That it does not know streams is found out once, and remembered; others go on in batches."""
    ask(running, 0)
    first = messages(running)
    with ThreadPoolExecutor(16) as senders:
        list(senders.map(lambda number: ask(running, number), range(REQUESTS)))
    later = messages(running)
    assert first["geo"] <= 2
    assert later["geo"] == first["geo"]
    assert later["rate"] > first["rate"]


def test_its_calls_are_traced(running: System) -> None:
    """Our side of them is in the trace, at its address, and names no batch."""
    link = running.stay().headers["link"]
    trace_id = link.partition("/trace/")[2][:32]

    def call() -> dict[str, object]:
        found = running.get(f"/api/traces/{trace_id}", "traces")
        spans = found.json()["data"][0]["spans"] if found.status_code == 200 else []
        for span in spans:
            if span["operationName"] == "innkeeper.geo.v1.Geo/Nearby":
                return {tag["key"]: tag["value"] for tag in span["tags"]}
        return {}

    tags = eventually(call)
    assert tags["rpc.response.status_code"] == "OK"
    assert f"127.0.0.1:{tags['server.port']}" in running.passing("geo").values()
    assert "innkeeper.rpc.batch" not in tags
