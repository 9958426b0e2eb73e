"""What the registry holds, in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, STATUSES, WARNING, Check

_WORST_FIRST = (CRITICAL, WARNING)


@dataclass(frozen=True)
class Statistics:
    """As of one moment."""

    services: int
    """Names under which instances are registered."""
    instances: Mapping[str, int]
    """How many there are by status, the worst of their checks and of their node's; every status is
    a key."""
    keys: int
    """Entries of the key/value store."""
    watchers: int
    """Blocking queries that wait."""


def instances_by_status(catalog: Catalog) -> Mapping[str, int]:
    """Count the instances of all services; every status is a key."""
    found = Counter(
        _worst(instance.checks) for name in catalog.names() for instance in catalog.instances(name)
    )
    return {status: found[status] for status in STATUSES}


def _worst(checks: Iterable[Check]) -> str:
    statuses = {check.status for check in checks}
    return next((status for status in _WORST_FIRST if status in statuses), PASSING)
