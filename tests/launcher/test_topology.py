"""What runs where, from the options of `up`."""

from collections.abc import Mapping
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innkeeper.errors import CannotStart
from innkeeper.launcher.topology import Options, Stage, Topology, plan
from tests.support.fake_roles import ROLES


def lay_out(options: Options, outside: Mapping[str, str] | None = None) -> Topology:
    ports = count(20_000)
    return plan(options, ROLES, outside or {}, lambda: next(ports))


def names(topology: Topology) -> list[str]:
    return [process.name for process in topology.processes]


def test_by_default_every_role_has_a_process() -> None:
    """Each role gets a process of its own on the usual ports."""
    topology = lay_out(Options())
    assert names(topology) == ["registry-1", "traces-1", "inner-1", "outer-1", "edge-1"]
    assert topology.processes[2].ports == {"inner": 8081}
    assert topology.processes[1].ports == {"traces": 16686, "otlp-grpc": 4317, "otlp-http": 4318}
    assert topology.handed == ("edge",)


def test_processes_stop_from_the_outside_in() -> None:
    """The edge stops before the services, these before the collector, and the registry last, so
    that everybody can be taken off it."""
    stages = {process.name: process.stage for process in lay_out(Options()).processes}
    assert stages["edge-1"] < stages["inner-1"] == stages["outer-1"] < stages["traces-1"]
    assert stages["traces-1"] < stages["registry-1"]


def test_together_joins_all_but_the_infrastructure() -> None:
    """With --together the services share a process, which is the edge; the infrastructure stays
    apart."""
    topology = lay_out(Options(together=True))
    assert names(topology) == ["registry-1", "traces-1", "together-1"]
    assert topology.processes[2].roles == ("inner", "outer", "edge")
    assert topology.processes[2].stage is Stage.EDGE


def test_further_instances_take_any_free_port() -> None:
    """Only the first of several instances has the usual port."""
    topology = lay_out(Options(replicas={"inner": 3}))
    ports = {process.name: process.ports for process in topology.processes}
    assert [ports[f"inner-{number}"] for number in (1, 2, 3)] == [
        {"inner": 8081},
        {"inner": 0},
        {"inner": 0},
    ]


def test_all_instances_of_a_handed_role_share_its_port() -> None:
    """Instances of the edge share the port that the launcher binds."""
    topology = lay_out(Options(replicas={"edge": 2}))
    assert [process.ports for process in topology.processes[-2:]] == [{"edge": 5000}] * 2


def test_a_number_alone_is_for_every_service_not_named() -> None:
    """--replicas 2 starts every service twice, but those that are named and the infrastructure."""
    assert names(lay_out(Options(replicas={"": 2, "inner": 1}))) == [
        "registry-1",
        "traces-1",
        "inner-1",
        "outer-1",
        "edge-1",
        "outer-2",
        "edge-2",
    ]


def test_joined_processes_have_the_roles_with_as_many_instances() -> None:
    """Together with replicas, the second process hosts what has a second instance."""
    topology = lay_out(Options(together=True, replicas={"inner": 2}))
    assert names(topology)[2:] == ["together-1", "inner-2"]


def test_left_out_roles_keep_their_port() -> None:
    """A role left to somebody else starts no process; where it will be is known all the same."""
    topology = lay_out(Options(without=frozenset({"inner", "registry"})))
    assert names(topology) == ["traces-1", "outer-1", "edge-1"]
    assert topology.ports["registry"] == 8500


def test_infrastructure_that_exists_does_not_start() -> None:
    """What the environment names is not started."""
    assert "registry-1" not in names(lay_out(Options(), {"registry": "CONSUL_HTTP_ADDR=x"}))


def test_chosen_ports_go_to_the_first_instance() -> None:
    """--port changes the port of the first instance, of any listener."""
    topology = lay_out(Options(ports={"inner": 1, "otlp-grpc": 2}, replicas={"inner": 2}))
    ports = {process.name: process.ports for process in topology.processes}
    assert ports["inner-1"] == {"inner": 1}
    assert ports["inner-2"] == {"inner": 0}
    assert ports["traces-1"]["otlp-grpc"] == 2


@pytest.mark.parametrize(
    "options",
    [Options(free_ports=True), Options(ports={role: 0 for role in ("registry", "edge")})],
    ids=["all free", "chosen as 0"],
)
def test_free_ports_are_known_where_others_must_know_them(options: Options) -> None:
    """A free port of infrastructure and edge is picked beforehand."""
    topology = lay_out(options)
    assert topology.ports["registry"] >= 20_000
    assert topology.ports["edge"] >= 20_000


def test_free_ports_of_services_are_left_to_them() -> None:
    """With --free-ports a service takes the port that it gets, but where one was chosen."""
    topology = lay_out(Options(free_ports=True, ports={"outer": 9}))
    assert topology.ports["inner"] == 0
    assert topology.ports["outer"] == 9


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (Options(replicas={"x": 2}), r"--replicas x=2: no role is called 'x'; the roles are regi"),
        (Options(replicas={"inner": 0}), "--replicas inner=0: from 1 to 100 .* --without ROLE"),
        (Options(replicas={"inner": 101}), "from 1 to 100"),
        (Options(replicas={"": 0}), "--replicas 0: from 1 to 100"),
        (Options(replicas={"registry": 2}), "only one registry can run"),
        (
            Options(replicas={"inner": 2}, without=frozenset({"inner"})),
            "inner is left out by --without inner",
        ),
        (Options(without=frozenset({"x"})), "--without: no role is called 'x'; the roles are"),
        (Options(without=frozenset(role.name for role in ROLES)), "leaves nothing to start"),
        (Options(ports={"x": 1}), "--port x=1: nothing is called 'x'; ports can be .* otlp-grpc"),
        (
            Options(ports={"inner": 1}, without=frozenset({"inner"})),
            "--port inner=1: inner is left out",
        ),
        (Options(ports={"inner": 8082}), "port 8082 is wanted by inner and by outer: .*--port ou"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(options: Options, text: str) -> None:
    """Options that do not fit the roles or each other are refused in a line that names them."""
    with pytest.raises(CannotStart, match=text) as refusal:
        lay_out(options)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "options", [Options(ports={"registry": 1}), Options(replicas={"registry": 1})]
)
def test_options_for_infrastructure_that_exists_are_refused(options: Options) -> None:
    """An option for what does not start says what took its place."""
    with pytest.raises(CannotStart, match="no registry starts with CONSUL_HTTP_ADDR=x"):
        lay_out(options, {"registry": "CONSUL_HTTP_ADDR=x"})


def test_the_port_of_infrastructure_brought_by_others_can_be_chosen() -> None:
    """--without registry --port registry=1 says where somebody else starts it."""
    topology = lay_out(Options(without=frozenset({"registry"}), ports={"registry": 1}))
    assert topology.ports["registry"] == 1


@given(
    together=st.booleans(),
    replicas=st.dictionaries(st.sampled_from(["", "inner", "outer", "edge"]), st.integers(1, 5)),
    without=st.frozensets(st.sampled_from([role.name for role in ROLES]), max_size=4),
)
def test_every_instance_runs_exactly_once(
    together: bool, replicas: dict[str, int], without: frozenset[str]
) -> None:
    """Whatever the options: each role that starts has the instances asked for, each in one
    process, and no two processes share a name."""
    replicas = {name: number for name, number in replicas.items() if name not in without}
    topology = lay_out(Options(together=together, replicas=replicas, without=without))
    assert len(set(names(topology))) == len(topology.processes)
    hosted = [(role, process.instance) for process in topology.processes for role in process.roles]
    every = replicas.get("", 1)
    expected = [
        (role.name, instance)
        for role in ROLES
        if role.name not in without
        for instance in range(1, 2 if role.infrastructure else 1 + replicas.get(role.name, every))
    ]
    assert sorted(hosted) == sorted(expected)
