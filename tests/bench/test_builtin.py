"""The client that is always there."""

import socket
from dataclasses import replace

from innkeeper.bench import builtin
from innkeeper.bench.check import judge
from innkeeper.bench.outcome import Outcome
from innkeeper.bench.target import Target
from innkeeper.bench.workload import Asking, questions

from .conftest import RIGHT, FakeSearch, collection


def load(target: Target, **changes: float) -> Outcome:
    """A short run."""
    options = {"connections": 2, "duration": 0.3, "timeout": 5.0} | changes
    return builtin.load(target, questions(Asking.VARIED, 1), judge, **options)


def test_counts_right_answers(search: FakeSearch) -> None:
    """Right answers are counted and timed; connections are kept, the questions differ."""
    outcome = load(search.target)
    assert outcome.failed == {}
    assert 0 < outcome.good <= len(search.asked)
    assert outcome.rate == outcome.good / 0.3
    assert outcome.latency is not None
    assert 0 < outcome.latency.p50 <= outcome.latency.p99 <= outcome.latency.max
    assert search.connections == 1 + 2  # the first only looked whether somebody listens
    assert len(set(search.asked)) == len(search.asked)
    assert search.hosts == {f"127.0.0.1:{search.port}"}


def test_sorts_failures(search: FakeSearch) -> None:
    """Each kind of wrong answer is counted under its name, and none as good."""
    answers = [(503, b"{}"), (200, b""), (200, b"<html>"), (200, collection()), (0, b"")]
    search.answer = lambda number: answers[number - 1] if number <= len(answers) else (200, RIGHT)
    outcome = load(search.target, connections=1)
    assert outcome.failed == {
        "status 503": 1,
        "empty body": 1,
        "wrong body": 1,
        "no hotels": 1,
        "reset": 1,
    }
    assert outcome.good <= len(search.asked) - len(answers)


def test_times_out(search: FakeSearch) -> None:
    """A question without an answer is counted once, and asking goes on over a new connection."""
    search.answer = lambda number: (-1, b"") if number == 1 else (200, RIGHT)
    outcome = load(search.target, connections=1, timeout=0.2, duration=1.0)
    assert outcome.failed == {"timeout": 1}
    assert outcome.good > 0


def test_hung_target_ends(search: FakeSearch) -> None:
    """A run against a target that says nothing ends, and every question has failed."""
    search.answer = lambda number: (-1, b"")
    outcome = load(search.target, connections=4, timeout=0.2, duration=0.1)
    assert outcome.good == 0
    assert outcome.failed == {"timeout": 4}
    assert outcome.latency is None


def test_reconnects(search: FakeSearch) -> None:
    """A server that closes each connection after its answer has failed nothing."""
    search.close_after_each = True
    outcome = load(search.target)
    assert outcome.failed == {}
    assert search.connections > 3


def test_late_answers_count_for_latency_alone(search: FakeSearch) -> None:
    """An answer after the end adds nothing to the rate, but its time is not hidden."""

    def answer(number: int) -> tuple[int, bytes]:
        if number == 1:
            search.released.wait(0.4)
        return 200, RIGHT

    search.answer = answer
    outcome = load(search.target, connections=1, duration=0.1)
    assert (outcome.good, outcome.failed) == (0, {})
    assert outcome.latency is not None
    assert outcome.latency.max >= 400


def test_refused(search: FakeSearch) -> None:
    """A target that is gone is counted as refused, and not asked without pause."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = replace(search.target, port=free.getsockname()[1])
        outcome = load(gone, connections=1)
    assert outcome.good == 0
    assert 1 <= outcome.failed["refused"] <= 7


def test_not_http(search: FakeSearch) -> None:
    """Whatever is no HTTP answer is named so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        other = replace(search.target, port=server.getsockname()[1])
        import threading

        def serve() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"220 smtp ready\r\n")
            connection.recv(1000)
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        outcome = load(other, connections=1, duration=0.05, timeout=0.5)
        thread.join()
    assert outcome.failed["not HTTP"] == 1
