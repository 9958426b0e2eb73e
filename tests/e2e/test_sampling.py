"""Which requests of a whole system are traced, by hand and under load."""

import time
from collections.abc import Iterator

import pytest

from tests.support.system import System, eventually, system

pytestmark = pytest.mark.real

PER_SECOND = 5


@pytest.fixture(scope="module")
def running() -> Iterator[System]:
    """Every role in a process of its own, and few traces a second."""
    with system(env={"INNKEEPER_TRACES_PER_SECOND": str(PER_SECOND)}) as started:
        eventually(lambda: started.get("/readyz").status_code == 200)
        yield started


def trace_of(link: str | None) -> str | None:
    """The id of the trace that a `Link` header leads to."""
    return link.partition("/trace/")[2][:32] if link else None


def is_whole(running: System, trace_id: str) -> bool:
    """Whether the collector has the trace with the spans of all five services."""
    found = running.get(f"/api/traces/{trace_id}", "traces")
    if found.status_code != 200:
        return False
    (trace,) = found.json()["data"]
    return len(trace["spans"]) == 9 and len(trace["processes"]) == 5


def test_by_hand_every_request_is_traced_in_full(running: System) -> None:
    """Also those that ask for hotels which were described a moment ago."""
    links = [running.stay().headers.get("link") for _ in range(PER_SECOND)]
    for link in links:
        trace_id = trace_of(link)
        assert trace_id is not None
        eventually(lambda trace_id=trace_id: is_whole(running, trace_id))


def test_under_load_some_are_traced_in_full(running: System) -> None:
    """As many a second as asked for, each whole; the rest gets the same answer."""
    expected = running.stay().json()
    started = time.monotonic()
    answers = [running.stay() for _ in range(400)]
    took = time.monotonic() - started
    assert all(answer.json() == expected for answer in answers)
    kept = [trace_id for answer in answers if (trace_id := trace_of(answer.headers.get("link")))]
    assert 0 < len(kept) <= PER_SECOND * (took + 2) + 1
    assert len(kept) < len(answers)
    for trace_id in kept:
        eventually(lambda trace_id=trace_id: is_whole(running, trace_id))


def test_who_asks_is_traced_under_load(running: System) -> None:
    """A header makes a request sure to be traced, when others no longer are."""
    while "link" in running.stay().headers:
        pass
    url = f"{running.addresses['frontend']}/hotels?inDate=2015-04-09&outDate=2015-04-10"
    answer = running.http.get(url, headers={"b3": "1"})
    trace_id = trace_of(answer.headers.get("link"))
    assert trace_id is not None
    eventually(lambda: is_whole(running, trace_id))
