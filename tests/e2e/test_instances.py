"""The system while instances of its services are added, killed, stopped and hung."""

import signal
import time
from collections import Counter

from tests.support.system import System, eventually, system


def test_replicas_share_the_calls() -> None:
    """Two instances of geo get half of the calls each."""
    with system("--replicas", "geo=2") as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        # The caller connects to a second instance a moment after it heard of it.
        eventually(lambda: len(_answering(running)) == 2)
        before = _served(running)
        for number in range(20):
            assert running.stay(limit=1 + number % 3).status_code == 200
        after = _served(running)
        counts = {instance: after[instance] - before[instance] for instance in after}
        assert counts == {"geo-1": counts["geo-2"], "geo-2": counts["geo-1"]}


def _answering(running: System) -> set[str]:
    running.stay()
    return {instance for instance, calls in _served(running).items() if calls}


def _served(running: System) -> Counter[str]:
    """The calls that each instance of geo has served, by its own metrics."""
    counts: Counter[str] = Counter()
    entries = running.get("/v1/health/service/geo", "registry").json()
    for entry in entries:
        admin = entry["Service"]["Meta"]["admin"]
        metrics = running.http.get(f"{admin}/metrics").text
        for line in metrics.splitlines():
            if line.startswith("rpc_server_call_duration_seconds_count") and "Nearby" in line:
                counts[entry["Service"]["ID"]] += int(float(line.rpartition(" ")[2]))
    return counts


def test_killed_instance() -> None:
    """A killed instance leaves the passing list within three seconds, its successor joins, and no
    request fails meanwhile where there is another instance."""
    with system("--replicas", "geo=2") as running:
        eventually(lambda: len(running.passing("geo")) == 2)
        eventually(lambda: len(_answering(running)) == 2)
        old = running.passing("geo")["geo-2"]
        running.process("geo-2").kill()
        assert [running.stay().status_code for _ in range(20)] == [200] * 20
        # Another port, so a new address says that the old one left and the successor is there.
        eventually(lambda: running.passing("geo").get("geo-2") != old, 3.0)
        eventually(lambda: len(running.passing("geo")) == 2)
        assert running.command.event("process", instance="geo-2", state="died")


def test_only_instance_killed() -> None:
    """While the only instance of a service is away, answers are 503 and say when to come back;
    its successor brings full service."""
    with system() as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        running.process("rate-1").kill()
        statuses = set()

        def recovered() -> bool:
            answer = running.stay()
            statuses.add(answer.status_code)
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) >= 1
                assert answer.headers["content-type"] == "application/problem+json"
            return running.command.event(
                "process", instance="rate-1", state="died"
            ) is not None and (answer.status_code == 200 and "rate-1" in running.passing("rate"))

        eventually(recovered)
        assert statuses <= {200, 503}
        eventually(lambda: {running.stay().status_code for _ in range(5)} == {200})


def test_stopped_instance_leaves_first() -> None:
    """An instance that is stopped is off the list before it stops answering: no request fails."""
    with system("--replicas", "rate=2") as running:
        eventually(lambda: len(running.passing("rate")) == 2)
        running.process("rate-2").send_signal(signal.SIGTERM)
        seen_without = False
        for _ in range(60):
            answer = running.stay()
            assert answer.status_code == 200, answer.text
            seen_without = seen_without or "rate-2" not in running.passing("rate")
        assert seen_without


def test_hung_service() -> None:
    """When the only instance of a service hangs, the answer is 504 once the deadline has passed,
    and all is well when it goes on."""
    with system(env={"INNKEEPER_DEADLINE": "0.5"}) as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        hung = running.process("geo-1")
        hung.suspend()
        try:
            answer = running.stay()
        finally:
            hung.resume()
        assert answer.status_code == 504
        assert answer.headers["content-type"] == "application/problem+json"
        eventually(lambda: running.stay().status_code == 200)


def test_one_of_two_hangs() -> None:
    """While one of two instances hangs, no request fails and none waits longer than a second; when
    it goes on, it gets calls again."""
    with system("--replicas", "geo=2,rate=2,profile=2,search=2") as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        eventually(lambda: len(_answering(running)) == 2)
        for role in ("geo", "search", "profile"):
            hung = running.process(f"{role}-2")
            hung.suspend()
            try:
                for _ in range(20):
                    started = time.monotonic()
                    assert running.stay().status_code == 200
                    assert time.monotonic() - started < 1
            finally:
                hung.resume()
            eventually(lambda role=role: f"{role}-2" in running.passing(role))
        before = _served(running)["geo-2"]
        eventually(lambda: running.stay() and _served(running)["geo-2"] > before)


def test_registry_restarted_empty() -> None:
    """A registry that lost its memory fails no request, and hears of every instance again."""
    with system() as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        running.process("registry-1").kill()
        assert [running.stay().status_code for _ in range(10)] == [200] * 10

        def back() -> bool:
            try:
                return all(running.passing(role) for role in ("geo", "rate", "search", "profile"))
            except Exception:
                return False

        eventually(back)
        assert [running.stay().status_code for _ in range(10)] == [200] * 10


def test_killed_collector_costs_nothing() -> None:
    """Requests go on while the collector is away, and are traced again when it is back."""
    with system() as running:
        eventually(lambda: running.get("/readyz").status_code == 200)
        running.process("traces-1").kill()
        assert [running.stay().status_code for _ in range(10)] == [200] * 10

        def traced() -> bool:
            trace_id = running.stay().headers["link"].partition("/trace/")[2][:32]
            try:
                eventually(
                    lambda: running.get(f"/api/traces/{trace_id}", "traces").status_code == 200, 1.5
                )
            except Exception:
                return False
            return True

        eventually(traced)
