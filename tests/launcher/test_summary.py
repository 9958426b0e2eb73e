"""What is told once the system runs."""

from collections.abc import Mapping
from itertools import count

from innkeeper.launcher.infrastructure import choose
from innkeeper.launcher.roles import Role
from innkeeper.launcher.summary import Summary, main_pages, summarise
from innkeeper.launcher.topology import Options, plan
from innkeeper.settings import Settings
from tests.support.fake_roles import ROLES

INSTANCES = {
    "inner-1": {"inner": "127.0.0.1:8081", "admin": "http://127.0.0.1:40001"},
    "inner-2": {"inner": "127.0.0.1:40003", "admin": "http://127.0.0.1:40002"},
    "edge-1": {"edge": "127.0.0.1:5000"},
}


def tell(options: Options, environ: Mapping[str, str], bind: str = "127.0.0.1") -> Summary:
    chosen = choose(Settings.from_environ(environ))
    outside = {role: choice.reason for role, choice in chosen.items() if not choice.embedded}
    topology = plan(options, ROLES, outside, lambda: 20_000)
    return summarise(ROLES, topology, INSTANCES, chosen, bind, "/data, as --data says")


def test_people_see_what_to_open() -> None:
    """Pages and examples are URLs that work in a browser on this machine."""
    summary = tell(Options(), {})
    assert list(summary.pages.items()) == [
        ("Page", "http://localhost:5000/"),
        ("Registry", "http://localhost:8500/ui"),
        ("Traces", "http://localhost:16686/search"),
    ]
    assert summary.examples == ("http://localhost:5000/try?a=1",)


def test_the_first_page_of_each_role_is_known_ahead() -> None:
    """Pages link to each other where people reach them, whoever runs what is behind them."""
    chosen = choose(Settings.from_environ({"CONSUL_HTTP_ADDR": "10.0.0.5:1"}))
    topology = plan(Options(), ROLES, {"registry": "elsewhere"}, lambda: 20_000)
    assert list(main_pages(ROLES, topology, chosen, "10.0.0.1").items()) == [
        ("Page", "http://10.0.0.1:5000/"),
        ("Registry", "http://10.0.0.5:1/ui"),
        ("Traces", "http://10.0.0.1:16686/search"),
    ]


def test_programs_see_the_address_of_each_listener() -> None:
    """Each listener has the address of its first instance, a URL where browsers connect."""
    assert tell(Options(), {}).addresses == {
        "inner": "127.0.0.1:8081",
        "edge": "http://localhost:5000",
        "registry": "http://localhost:8500",
        "traces": "http://localhost:16686",
    }
    assert tell(Options(), {}).instances == INSTANCES


def test_infrastructure_of_others_is_found_where_it_is() -> None:
    """Pages of a registry and traces that the user named lie there; unknown ones are left out."""
    summary = tell(
        Options(),
        {"CONSUL_HTTP_ADDR": "10.0.0.5:1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://10.0.0.6:2"},
    )
    assert summary.pages == {
        "Registry": "http://10.0.0.5:1/ui",
        "Page": "http://localhost:5000/",
    }
    assert summary.addresses["registry"] == "http://10.0.0.5:1"
    assert summary.choices == {
        "registry": "CONSUL_HTTP_ADDR=http://10.0.0.5:1",
        "traces": "OTEL_EXPORTER_OTLP_ENDPOINT=http://10.0.0.6:2",
        "data": "/data, as --data says",
    }


def test_other_addresses_are_shown_as_they_are() -> None:
    """On an address that is not loopback, people are told that one."""
    assert tell(Options(), {}, bind="10.0.0.7").pages["Page"] == "http://10.0.0.7:5000/"


def test_a_free_port_that_nobody_knows_is_not_guessed() -> None:
    """With --free-ports, what somebody else starts is nowhere to be found."""
    numbers = count()
    roles = (*ROLES, Role("shown", {"shown": 1}, pages={"Shown": "/"}))
    options = Options(free_ports=True, without=frozenset({"shown"}))
    topology = plan(options, roles, {}, lambda: 20_000 + next(numbers))
    summary = summarise(roles, topology, {}, {}, "127.0.0.1", "")
    assert set(summary.pages) == {"Registry", "Traces", "Page"}
