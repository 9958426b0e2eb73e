"""Which processes to add and to end."""

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.scaling import scale
from innkeeper.launcher.topology import Options, ProcessPlan, Topology, plan
from tests.support.fake_roles import ROLES

PORTS = {"inner": 8081, "outer": 8082, "edge": 5000}


def system(**options: object) -> Topology:
    return plan(Options(**options), ROLES, {}, lambda: 1)  # type: ignore[arg-type]


def change(topology: Topology, name: str, wanted: int) -> tuple[list[ProcessPlan], list[str]]:
    found = scale(name, wanted, topology.processes, ROLES, topology.ports)
    return list(found.add), [plan.name for plan in found.remove]


def test_more_get_the_next_numbers() -> None:
    """New instances are numbered on and take any free port."""
    added, removed = change(system(replicas={"inner": 2}), "inner", 4)
    assert [plan.name for plan in added] == ["inner-3", "inner-4"]
    assert [dict(plan.ports) for plan in added] == [{"inner": 0}] * 2
    assert removed == []


def test_gaps_are_filled_first() -> None:
    """A number that became free is given again."""
    topology = system(replicas={"inner": 3})
    running = [plan for plan in topology.processes if plan.name != "inner-2"]
    added = scale("inner", 4, running, ROLES, topology.ports).add
    assert [plan.name for plan in added] == ["inner-2", "inner-4"]


def test_fewer_take_the_last_away() -> None:
    """The last to come goes first; the first always stays."""
    assert change(system(replicas={"inner": 3}), "inner", 1) == ([], ["inner-3", "inner-2"])


def test_as_many_as_there_are() -> None:
    """Nothing is done when nothing is to be done."""
    assert change(system(), "inner", 1) == ([], [])


def test_the_edge_shares_its_address() -> None:
    """Further instances of the edge get the listener that is handed down."""
    added, _ = change(system(), "edge", 2)
    assert dict(added[0].ports) == {"edge": 5000}


def test_processes_with_several_roles() -> None:
    """Where roles share processes, these are what is scaled, all their roles at once."""
    added, _ = change(system(together=True), "together", 2)
    assert [(plan.name, plan.roles) for plan in added] == [
        ("together-2", ("inner", "outer", "edge"))
    ]


def test_numbers_are_free_for_every_role() -> None:
    """A number that one of the roles has elsewhere is not given."""
    topology = system(together=True, replicas={"inner": 2})
    assert [plan.name for plan in topology.processes[2:]] == ["together-1", "inner-2"]
    added, _ = change(topology, "together", 2)
    assert [plan.name for plan in added] == ["together-3"]


@pytest.mark.parametrize(
    ("options", "name", "wanted", "text"),
    [
        ({}, "inner", 0, "scale inner=0: from 1 to 100 instances can run"),
        ({}, "inner", 101, "scale inner=101: from 1 to 100"),
        ({}, "registry", 2, "scale registry=2: only one registry can run"),
        ({}, "x", 2, "scale: no role is called 'x'; the roles are registry"),
        ({"without": frozenset({"inner"})}, "inner", 2, "inner=2: no inner is run by this `up`"),
        ({"together": True}, "inner", 2, "shares its process with other roles: scale together"),
    ],
)
def test_what_cannot_be_had(options: dict[str, object], name: str, wanted: int, text: str) -> None:
    """What cannot be had is refused with what can."""
    with pytest.raises(CannotStart, match=text):
        change(system(**options), name, wanted)
