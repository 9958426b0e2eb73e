"""What several runs say together."""

import pytest

from innkeeper.bench.outcome import Latency, Outcome
from innkeeper.bench.processes import Usage
from innkeeper.bench.runs import Run
from innkeeper.bench.summary import Spread, processes, ratios, rows


def run(
    side: str,
    number: int,
    good: int,
    p50: float = 1.0,
    failed: dict[str, int] | None = None,
    used: list[Usage] | None = None,
    connections: int = 8,
) -> Run:
    """A run of one second."""
    latency = Latency(p50, p50 * 2, p50 * 3, p50 * 4) if good else None
    return Run(side, connections, number, Outcome(1.0, good, failed or {}, latency), used)


def usage(pid: int, cpu: float, pss: float | None = 10.0) -> Usage:
    """What a process used."""
    return Usage(pid, f"process {pid}", cpu, pss)


def test_row() -> None:
    """A row has medians with least and most, the highest maximum, and all failures."""
    (row,) = rows(
        [
            run("a", 1, 100, p50=1.0, failed={"reset": 1}),
            run("a", 2, 300, p50=9.0),
            run("a", 3, 120, p50=2.0, failed={"reset": 2, "timeout": 1}),
        ]
    )
    assert row.rate == Spread(120, 100, 300)
    assert row.latency == Latency(2.0, 4.0, 6.0, 36.0)
    assert row.failed == {"reset": 3, "timeout": 1}
    assert row.rounds == 3
    assert (row.cpu_ms, row.pss_mb) == (None, None)


def test_cpu_and_memory() -> None:
    """CPU is for a right answer, over all processes; memory is the most they held together."""
    (row,) = rows(
        [
            run("a", 1, 100, used=[usage(1, 0.1), usage(2, 0.2, None)]),
            run("a", 2, 300, used=[usage(1, 0.4, 20.0), usage(2, 0.1, 5.0)]),
        ]
    )
    assert row.cpu_ms == pytest.approx(2.0)
    assert row.pss_mb == 25.0


def test_partly_known_cpu_is_not_told() -> None:
    """CPU for an answer is not known where it is not known for every run."""
    (row,) = rows([run("a", 1, 100, used=[usage(1, 0.1)]), run("a", 2, 100)])
    assert row.cpu_ms is None


def test_ratio() -> None:
    """Systems compare by the medians of their rates; the span is that of single rounds."""
    (ratio,) = ratios(
        [
            *(run("a", number, good, p50=2.0) for number, good in enumerate((100, 200, 300), 1)),
            *(run("b", number, good, p50=4.0) for number, good in enumerate((50, 200, 100), 1)),
        ]
    )
    assert (ratio.side, ratio.against, ratio.connections) == ("a", "b", 8)
    assert ratio.medians == 2.0
    assert (ratio.least, ratio.most) == (1.0, 3.0)
    assert ratio.p50 == 0.5


def test_last_side_is_the_measure() -> None:
    """Of three systems the first two are compared with the last."""
    found = ratios([run(side, 1, good) for side, good in {"a": 300, "b": 200, "c": 100}.items()])
    assert [(ratio.side, ratio.against, ratio.medians) for ratio in found] == [
        ("a", "c", 3.0),
        ("b", "c", 2.0),
    ]


def test_ratio_needs_both() -> None:
    """A round that only one side has made, or that had no right answer, compares nothing."""
    assert ratios([run("a", 1, 100)]) == []
    assert ratios([run("a", 1, 100), run("b", 1, 0)]) == []
    (ratio,) = ratios([run("a", 1, 100), run("b", 1, 50), run("a", 2, 900)])
    assert ratio.medians == 2.0


def test_processes() -> None:
    """A process's CPU is summed over the runs of its side, its memory is the most it held."""
    runs = [
        run("a", 1, 1, used=[usage(1, 0.5, 10.0)]),
        run("b", 1, 1, used=[usage(9, 5.0)]),
        run("a", 2, 1, used=[usage(1, 0.25, 8.0), usage(2, 1.0, None)]),
    ]
    assert processes(runs, "a") == [usage(1, 0.75, 10.0), usage(2, 1.0, None)]
