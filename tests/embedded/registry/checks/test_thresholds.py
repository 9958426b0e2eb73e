"""How many results it takes."""

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.checks.thresholds import Thresholds
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, WARNING


def test_without_thresholds_each_result_counts() -> None:
    """What is found is reported at once when nothing else was asked."""
    thresholds = Thresholds(CheckDefinition())
    found = (CRITICAL, PASSING, WARNING, CRITICAL)
    assert tuple(map(thresholds.status, found)) == found


def test_the_first_result_counts_in_full() -> None:
    """A check that has just begun needs no row of results."""
    definition = CheckDefinition(success_before_passing=3, failures_before_critical=3)
    assert Thresholds(definition).status(PASSING) == PASSING
    assert Thresholds(definition).status(CRITICAL) == CRITICAL


def test_failures_in_a_row() -> None:
    """A failure between successes does not count; a row of them warns first, if asked."""
    definition = CheckDefinition(failures_before_warning=2, failures_before_critical=3)
    thresholds = Thresholds(definition)
    thresholds.status(PASSING)
    found = (CRITICAL, PASSING, CRITICAL, CRITICAL, CRITICAL)
    expected = (None, PASSING, None, WARNING, CRITICAL)
    assert tuple(map(thresholds.status, found)) == expected


def test_successes_in_a_row() -> None:
    """After a failure it takes as many successes as were asked."""
    thresholds = Thresholds(CheckDefinition(success_before_passing=2))
    thresholds.status(CRITICAL)
    assert [thresholds.status(PASSING) for _ in range(2)] == [None, PASSING]
