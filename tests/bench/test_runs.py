"""The order of the runs, and what becomes of them when something happens."""

import pytest

from innkeeper.bench import runs
from innkeeper.bench.outcome import Outcome
from innkeeper.bench.record import record
from innkeeper.bench.runs import Plan, Run, Side, carry_out, order
from innkeeper.bench.workload import Asking
from innkeeper.errors import CannotStart

from .conftest import FakeSearch, collection


def test_order(search: FakeSearch) -> None:
    """Each number of connections is warmed up, then the sides take turns, first and last too."""
    one, two = Side("one", search.target), Side("two", search.target)
    plan = Plan([one, two], connections=(1, 8), rounds=2)
    seen = [(side.name, connections, number) for side, connections, number in order(plan)]
    assert seen == [
        (name, connections, number)
        for connections in (1, 8)
        for number, names in enumerate((("two", "one"), ("one", "two"), ("two", "one")))
        for name in names
    ]


def test_carries_out(search: FakeSearch) -> None:
    """Each run is told as it ends, kept, and recorded for machines with what was looked for."""
    plan = Plan(
        [Side("ours", search.target), Side("theirs", search.target, Asking.FIXED)],
        connections=(2,),
        rounds=1,
        duration=0.1,
        warm_up=0.05,
    )
    told: list[Run] = []
    session = carry_out(plan, told.append)
    assert told == session.runs
    assert [run.side for run in told] == ["ours", "theirs"]
    assert all(run.outcome.good for run in told)
    written = record(session)
    assert [figure["side"] for figure in written["figures"]] == ["ours", "theirs"]  # type: ignore[index,attr-defined]
    assert [side["asking"] for side in written["sides"]] == ["varied", "fixed"]  # type: ignore[index,attr-defined]
    assert len(written["ratios"]) == 1  # type: ignore[arg-type]


def test_same_questions(search: FakeSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a round every side is asked the same; the next round asks something else."""
    firsts = []

    def load(target: object, questions: object, *rest: object, **options: object) -> Outcome:
        firsts.append(next(questions))  # type: ignore[call-overload]
        return Outcome(1.0, 1)

    monkeypatch.setattr(runs.builtin, "load", load)
    sides = [Side("one", search.target), Side("two", search.target)]
    carry_out(Plan(sides, connections=(2,), rounds=2, warm_up=0), lambda run: None)
    of_runs = firsts[len(sides) :]
    assert of_runs[0] == of_runs[1] != of_runs[2] == of_runs[3]


def test_wrong_from_the_start(search: FakeSearch) -> None:
    """A side whose first answers are wrong is named before any load, with what is wrong."""
    search.answer = lambda number: (200, collection())
    with pytest.raises(CannotStart, match=rf"{search.url} does not answer .* \(no hotels\)"):
        carry_out(Plan([Side("one", search.target)]), lambda run: None)


def test_interrupted(search: FakeSearch) -> None:
    """Ctrl-C ends the session; the runs until then are kept."""

    def told(run: Run) -> None:
        if run.round == 2:
            raise KeyboardInterrupt

    plan = Plan([Side("one", search.target)], connections=(1,), duration=0.05, warm_up=0)
    session = carry_out(plan, told)
    assert session.interrupted
    assert [run.round for run in session.runs] == [1, 2]
