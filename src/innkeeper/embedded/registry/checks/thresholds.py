"""How many results in a row it takes to change a check's status."""

from innkeeper.embedded.registry.checks.definition import CheckDefinition
from innkeeper.embedded.registry.state.model import CRITICAL, WARNING


class Thresholds:
    """Counts results. The first one always counts in full, so that nobody waits at the start."""

    def __init__(self, definition: CheckDefinition) -> None:
        self._before_passing = definition.success_before_passing
        self._before_critical = definition.failures_before_critical
        self._before_warning = definition.failures_before_warning or self._before_critical
        self._successes = self._before_passing
        self._failures = self._before_critical

    def status(self, found: str) -> str | None:
        """The status to report for what was found; None to leave things as they are."""
        if found != CRITICAL:
            self._successes += 1
            self._failures = 0
            return found if self._successes >= self._before_passing else None
        self._failures += 1
        self._successes = 0
        if self._failures >= self._before_critical:
            return CRITICAL
        return WARNING if self._failures >= self._before_warning else None
