"""Nodes, services and checks."""

from dataclasses import replace

import pytest

from innkeeper.embedded.registry.state.catalog import (
    CHECKS,
    NODES,
    SERVICES,
    Catalog,
    node_topic,
    service_topic,
)
from innkeeper.embedded.registry.state.changes import Changes, Topic
from innkeeper.embedded.registry.state.model import CRITICAL, PASSING, Check, Node, Service

NODE = Node("here", "127.0.0.1")
GEO = Service("here", "geo-1", "geo", port=1)
CHECK = Check("here", "c", "check", service_id="geo-1", service_name="geo", status=PASSING)
WHOLE = Check("here", "n", "node check", status=PASSING)


class Heard:
    """The topics of the last change."""

    topics: frozenset[Topic] = frozenset()

    def __call__(self, topics: frozenset[Topic]) -> None:
        self.topics = topics


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def catalog(heard: Heard) -> Catalog:
    catalog = Catalog(Changes(heard))
    catalog.put_node(NODE)
    catalog.put_service(GEO)
    catalog.put_check(CHECK)
    return catalog


def test_an_instance_has_its_node_and_checks(catalog: Catalog) -> None:
    """An instance comes with its node, the node's checks and its own, in this order."""
    catalog.put_check(WHOLE)
    catalog.put_service(replace(GEO, id="geo-2"))
    first, second = catalog.instances("geo")
    assert (first.node, first.service, first.checks) == (NODE, GEO, (WHOLE, CHECK))
    assert second.checks == (WHOLE,)


def test_the_same_again_is_no_change(catalog: Catalog) -> None:
    """What is put as it was uses no index."""
    before = catalog.changes.index
    catalog.put_node(NODE)
    catalog.put_service(GEO)
    catalog.put_check(CHECK)
    assert catalog.changes.index == before


def test_a_change_keeps_the_create_index(catalog: Catalog) -> None:
    """A changed service keeps the index of its making and has a new one of its change."""
    before = catalog.named("geo")[0].indexes
    catalog.put_service(replace(GEO, port=2))
    after = catalog.named("geo")[0].indexes
    assert (after.create, after.modify) == (before.create, catalog.changes.index)


def test_a_status_touches_its_service(catalog: Catalog, heard: Heard) -> None:
    """A check's new status is a change of its service, its node and the list of checks."""
    catalog.report("here", "c", CRITICAL, "down")
    assert heard.topics == {CHECKS, node_topic("here"), service_topic("geo")}


def test_an_output_alone_touches_nothing(catalog: Catalog) -> None:
    """A new output with the same status is kept, and wakes nobody."""
    before = catalog.changes.index
    catalog.report("here", "c", PASSING, "still fine")
    assert catalog.changes.index == before
    check = catalog.check("here", "c")
    assert check is not None
    assert check.output == "still fine"


def test_a_node_check_touches_all_services_there(catalog: Catalog, heard: Heard) -> None:
    """A check of the node decides about every service on it."""
    catalog.put_service(Service("here", "rate-1", "rate"))
    catalog.put_check(WHOLE)
    assert {service_topic("geo"), service_topic("rate")} <= heard.topics


def test_a_late_report_is_dropped(catalog: Catalog) -> None:
    """What a check found after it was removed changes nothing."""
    catalog.remove_check("here", "c")
    before = catalog.changes.index
    catalog.report("here", "c", CRITICAL, "down")
    assert (catalog.changes.index, catalog.check("here", "c")) == (before, None)


def test_a_renamed_service_leaves_its_old_name(catalog: Catalog, heard: Heard) -> None:
    """Watchers of both names hear of a service that changes its name."""
    catalog.put_service(replace(GEO, name="earth"))
    assert {service_topic("geo"), service_topic("earth"), SERVICES} <= heard.topics
    assert catalog.names() == ["earth"]
    assert catalog.named("geo") == []


def test_a_service_takes_its_checks_along(catalog: Catalog) -> None:
    """A service that is removed leaves no check behind."""
    catalog.remove_service("here", "geo-1")
    assert catalog.checks() == []
    assert catalog.service_checks("here", "geo-1") == []
    assert catalog.check_count() == catalog.service_count() == 0


def test_a_node_takes_everything_along(catalog: Catalog, heard: Heard) -> None:
    """A node that is removed takes services and checks with it, as one change."""
    before = catalog.changes.index
    catalog.remove_node("here")
    assert catalog.changes.index == before + 1
    assert {NODES, SERVICES, CHECKS, node_topic("here"), service_topic("geo")} == heard.topics
    assert (catalog.nodes(), catalog.names(), catalog.checks()) == ([], [], [])


def test_removing_what_is_not_there_is_no_change(catalog: Catalog) -> None:
    """Removing twice is the same as once."""
    before = catalog.changes.index
    catalog.remove_service("here", "nope")
    catalog.remove_check("here", "nope")
    catalog.remove_node("nope")
    assert catalog.changes.index == before


def test_a_check_may_move_to_another_service(catalog: Catalog, heard: Heard) -> None:
    """A check that is put under another service no longer speaks for the first."""
    catalog.put_service(Service("here", "rate-1", "rate"))
    catalog.put_check(replace(CHECK, service_id="rate-1", service_name="rate"))
    assert {service_topic("geo"), service_topic("rate")} <= heard.topics
    assert catalog.service_checks("here", "geo-1") == []
