"""What the runs say together: medians over the rounds with the least and the most."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from innkeeper.bench.outcome import Latency
from innkeeper.bench.processes import Usage
from innkeeper.bench.runs import Run


@dataclass(frozen=True)
class Spread:
    """A figure over several rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of one value at least."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Row:
    """A side with so many connections."""

    side: str
    connections: int
    rounds: int
    rate: Spread
    """Right answers a second."""
    latency: Latency | None
    """The medians of the rounds' percentiles, but the highest of their maxima."""
    failed: dict[str, int]
    """Kind of failure → how many, all rounds together."""
    cpu_ms: float | None
    """CPU milliseconds of all processes of the side for a right answer."""
    pss_mb: float | None
    """Memory of all processes of the side together: the most after any round."""


@dataclass(frozen=True)
class Ratio:
    """A side's right answers a second, divided by those of the last side."""

    side: str
    against: str
    connections: int
    medians: float
    """The median of one by the median of the other."""
    least: float
    most: float
    """Of the ratios of single rounds."""
    p50: float | None
    """The same of the median latency, where less is better."""


def rows(runs: Sequence[Run]) -> list[Row]:
    """A row for each side and number of connections, in the order of their first run."""
    groups: dict[tuple[int, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.connections, run.side), []).append(run)
    return [_row(group) for group in groups.values()]


def ratios(runs: Sequence[Run]) -> list[Ratio]:
    """Each side against the last one, where both have been measured."""
    found = []
    sides = list(dict.fromkeys(run.side for run in runs))
    if sides:
        # Who runs first changes; the first round goes from the first side to the last.
        *others, last = sides
        for connections in dict.fromkeys(run.connections for run in runs):
            for side in others:
                pairs = _pairs(runs, connections, side, last)
                if pairs:
                    found.append(_ratio(pairs))
    return found


def processes(runs: Iterable[Run], side: str) -> list[Usage]:
    """Each process of a side: CPU seconds of all its runs, and the most memory."""
    totals: dict[int, Usage] = {}
    for run in runs:
        for usage in (run.processes or ()) if run.side == side else ():
            had = totals.get(usage.pid)
            totals[usage.pid] = Usage(
                usage.pid,
                usage.name,
                usage.cpu_seconds + (had.cpu_seconds if had else 0.0),
                _most(usage.pss_mb, had.pss_mb if had else None),
            )
    return list(totals.values())


def _row(group: Sequence[Run]) -> Row:
    outcomes = [run.outcome for run in group]
    failed: Counter[str] = Counter()
    for outcome in outcomes:
        failed.update(outcome.failed)
    known = [run.processes for run in group if run.processes]
    good = sum(outcome.good for outcome in outcomes)
    cpu = sum(usage.cpu_seconds for usages in known for usage in usages)
    memory = [sum(usage.pss_mb or 0.0 for usage in usages) for usages in known]
    return Row(
        side=group[0].side,
        connections=group[0].connections,
        rounds=len(group),
        rate=Spread.of([outcome.rate for outcome in outcomes]),
        latency=_latency([outcome.latency for outcome in outcomes if outcome.latency]),
        failed=dict(failed),
        cpu_ms=cpu / good * 1000 if good and len(known) == len(group) else None,
        pss_mb=max(memory, default=0.0) or None,
    )


def _latency(rounds: Sequence[Latency]) -> Latency | None:
    if not rounds:
        return None

    def middle(percentile: Callable[[Latency], float]) -> float:
        return median(percentile(latency) for latency in rounds)

    return Latency(
        middle(lambda latency: latency.p50),
        middle(lambda latency: latency.p90),
        middle(lambda latency: latency.p99),
        max(latency.max for latency in rounds),
        corrected=any(latency.corrected for latency in rounds),
    )


def _pairs(runs: Sequence[Run], connections: int, first: str, second: str) -> list[tuple[Run, Run]]:
    """The runs of two sides by round, where both have right answers to compare."""
    by_round = {(run.side, run.round): run for run in runs if run.connections == connections}
    return [
        (run, other)
        for (side, number), run in by_round.items()
        if side == first and (other := by_round.get((second, number))) and other.outcome.good
    ]


def _ratio(pairs: Sequence[tuple[Run, Run]]) -> Ratio:
    first, second = pairs[0]
    single = [one.outcome.rate / other.outcome.rate for one, other in pairs]
    medians = [median(run.outcome.rate for run in runs) for runs in zip(*pairs, strict=True)]
    p50 = [
        [run.outcome.latency.p50 for run in runs if run.outcome.latency]
        for runs in zip(*pairs, strict=True)
    ]
    return Ratio(
        side=first.side,
        against=second.side,
        connections=first.connections,
        medians=medians[0] / medians[1],
        least=min(single),
        most=max(single),
        p50=median(p50[0]) / median(p50[1]) if all(p50) else None,
    )


def _most(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)
