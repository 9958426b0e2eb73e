"""The order of things: which runs are made, in turns between the targets, and what came of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from innkeeper.bench import builtin, wrk
from innkeeper.bench.check import Check, judge_of
from innkeeper.bench.outcome import Outcome
from innkeeper.bench.processes import System, Usage, between
from innkeeper.bench.target import Target
from innkeeper.bench.workload import Asking, questions
from innkeeper.errors import CannotStart


@dataclass(frozen=True)
class Side:
    """A target, what it is asked, and how its answers are looked at."""

    name: str
    """What it is called in tables."""
    target: Target
    asking: Asking = Asking.VARIED
    check: Check = Check.GEOJSON


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    sides: Sequence[Side]
    connections: Sequence[int] = (1, 8, 64, 256)
    duration: float = 5.0
    """Seconds that a run takes."""
    rounds: int = 3
    """Runs with the same number of connections against each side."""
    timeout: float = 5.0
    """Seconds that a question may wait for its answer."""
    warm_up: float = 1.0
    """Seconds of load before the first round, which count nothing."""
    use_wrk: bool = False
    seed: int = 1
    """Of the questions; every round has others, the same for each side."""


@dataclass(frozen=True)
class Run:
    """One run against one side."""

    side: str
    connections: int
    round: int
    outcome: Outcome
    processes: Sequence[Usage] | None
    """What each process of the target used meanwhile; None where that is not known."""


@dataclass
class Session:
    """Everything that was measured so far."""

    plan: Plan
    runs: list[Run] = field(default_factory=list)
    interrupted: bool = False


def carry_out(plan: Plan, told: Callable[[Run], None]) -> Session:
    """Make the runs and tell each when it has ended. Ctrl-C ends it; what was measured is kept.

    Raises:
        CannotStart: a side's first answer is not right.
    """
    session = Session(plan)
    try:
        for side in plan.sides:
            _try(plan, side)
        for side, connections, number in order(plan):
            if number == 0:
                _load(plan, side, connections, plan.warm_up, number)
                continue
            run = _measure(plan, side, connections, number)
            session.runs.append(run)
            told(run)
    except KeyboardInterrupt:
        session.interrupted = True
    return session


def order(plan: Plan) -> Iterator[tuple[Side, int, int]]:
    """Which side with how many connections in which round; round 0 is the warm-up. Who comes first
    changes from round to round."""
    for connections in plan.connections:
        for number in range(0 if plan.warm_up > 0 else 1, plan.rounds + 1):
            turned = reversed(plan.sides) if number % 2 == 0 else iter(plan.sides)
            for side in turned:
                yield side, connections, number


def _try(plan: Plan, side: Side) -> None:
    outcome = builtin.load(
        side.target,
        questions(side.asking, plan.seed),
        judge_of(side.check),
        connections=1,
        duration=0,
        timeout=plan.timeout,
    )
    if outcome.failed:
        kinds = ", ".join(outcome.failed)
        raise CannotStart(
            f"{side.target.url} does not answer /hotels rightly ({kinds}):"
            f" it was looked at with the check {side.check} and {side.asking} questions"
        )


def _measure(plan: Plan, side: Side, connections: int, number: int) -> Run:
    system = System(side.target.port) if side.target.local else None
    before = system.usage() if system else None
    outcome = _load(plan, side, connections, plan.duration, number)
    after = system.usage() if system else None
    used = None if before is None or after is None else between(before, after)
    return Run(side.name, connections, number, outcome, used)


def _load(plan: Plan, side: Side, connections: int, duration: float, number: int) -> Outcome:
    # Each round asks every side the same.
    asked = questions(side.asking, plan.seed + 1_000 * connections + number)
    if plan.use_wrk:
        return wrk.load(
            side.target,
            asked,
            connections=connections,
            duration=duration,
            timeout=plan.timeout,
        )
    return builtin.load(
        side.target,
        asked,
        judge_of(side.check),
        connections=connections,
        duration=duration,
        timeout=plan.timeout,
    )
