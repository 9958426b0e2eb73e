"""What the registry says of itself in numbers."""

from innkeeper.embedded.registry.state.catalog import Catalog
from innkeeper.embedded.registry.state.changes import Changes
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, WARNING, Check, Node, Service
from innkeeper.embedded.registry.statistics import instances_by_status


def catalog(*statuses: str) -> Catalog:
    """One with an instance for each status, and one that has no check."""
    built = Catalog(Changes())
    built.put_node(Node("here", "127.0.0.1"))
    for number, status in enumerate(statuses):
        built.put_service(Service("here", f"geo-{number}", "geo"))
        built.put_check(
            Check("here", f"check-{number}", "check", status, service_id=f"geo-{number}")
        )
    built.put_service(Service("here", "geo-unchecked", "geo"))
    return built


def test_every_status_is_counted() -> None:
    """Also one that no instance has; what nothing checks passes."""
    assert instances_by_status(Catalog(Changes())) == {PASSING: 0, WARNING: 0, CRITICAL: 0}
    assert instances_by_status(catalog(PASSING, CRITICAL, CRITICAL)) == {
        PASSING: 2,
        WARNING: 0,
        CRITICAL: 2,
    }


def test_the_worst_check_counts() -> None:
    """An instance is as well as the worst of its checks and of its node's."""
    built = catalog(PASSING)
    built.put_check(Check("here", "second", "second", WARNING, service_id="geo-0"))
    assert instances_by_status(built) == {PASSING: 1, WARNING: 1, CRITICAL: 0}
    built.put_check(Check("here", "node", "node", CRITICAL))
    assert instances_by_status(built) == {PASSING: 0, WARNING: 0, CRITICAL: 2}
