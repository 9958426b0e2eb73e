"""The table of roles, as looked up by `serve` and the topology."""

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher.roles import Role, find, host, listeners, ports_of
from tests.support.fake_roles import ROLES


def test_an_unknown_role_lists_the_known_ones() -> None:
    """An unknown role is refused in a line that lists the known ones."""
    with pytest.raises(CannotStart, match=r"serve: no role is called 'inn'; .*inner, outer, edge"):
        find(ROLES, "inn", "serve")


def test_hosted_roles_come_in_the_order_asked_for() -> None:
    """A process hosts the roles that were named, in that order."""
    assert [role.name for role in host(ROLES, ["outer", "inner"])] == ["outer", "inner"]


def test_a_role_is_hosted_once() -> None:
    """A role that is named twice is refused."""
    with pytest.raises(CannotStart, match="inner is named twice"):
        host(ROLES, ["inner", "inner"])


def test_the_first_instance_has_the_usual_ports() -> None:
    """The first instance listens on the usual ports, but where others were chosen."""
    hosted = host(ROLES, ["traces", "inner"])
    assert ports_of(hosted, 1, {"otlp-http": 1}) == {
        "traces": 16686,
        "otlp-grpc": 4317,
        "otlp-http": 1,
        "inner": 8081,
    }


def test_further_instances_take_free_ports() -> None:
    """A further instance takes any free port, but where one was chosen."""
    assert ports_of(host(ROLES, ["inner", "outer"]), 2, {"outer": 7}) == {"inner": 0, "outer": 7}


def test_a_port_of_a_role_that_is_not_hosted_is_refused() -> None:
    """A port for what the process does not host is an error that says what it hosts."""
    with pytest.raises(CannotStart, match="no listener 'outer', only inner"):
        ports_of(host(ROLES, ["inner"]), 1, {"outer": 7})


def test_each_listener_belongs_to_its_role() -> None:
    """Listeners lead to their roles."""
    role = Role("a", {"a": 1, "a-too": 2})
    assert listeners([role]) == {"a": role, "a-too": role}
