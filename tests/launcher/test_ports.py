"""Which ports can be had, found out before anything starts."""

import socket
import sys
from collections.abc import Iterator

import pytest

from innkeeper.errors import CannotStart
from innkeeper.launcher import ports
from innkeeper.launcher.ports import FreePorts, check, is_free, listen

LOOPBACK = "127.0.0.1"


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on."""
    with listen(LOOPBACK, 0) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def also_busy() -> Iterator[int]:
    """Another one."""
    with listen(LOOPBACK, 0) as listener:
        yield listener.getsockname()[1]


def test_a_busy_port_is_not_free(busy: int) -> None:
    """A port that somebody listens on is not free."""
    assert not is_free(LOOPBACK, busy)


def test_a_left_port_is_free() -> None:
    """A port is free again once nobody listens, even when connections were just closed."""
    with listen(LOOPBACK, 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            listener.accept()[0].close()
    assert is_free(LOOPBACK, port)


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_a_port_that_browsers_find_elsewhere_is_not_free() -> None:
    """A listener on ::1 alone counts: a browser tries it first for localhost."""
    try:
        listener = listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert not is_free(LOOPBACK, listener.getsockname()[1])


def test_all_busy_ports_are_named_with_what_changes_them(busy: int, also_busy: int) -> None:
    """Every busy port is named at once, with options that would work."""
    with pytest.raises(CannotStart) as refusal:
        check(LOOPBACK, {"edge": busy, "inner": 0, "outer": also_busy})
    text = str(refusal.value)
    assert text.startswith(f"ports {busy} (edge) and {also_busy} (outer) are in use: stop what ")
    suggested = dict(word.split("=") for word in text.split() if "=" in word)
    assert set(suggested) == {"edge", "outer"}
    assert all(is_free(LOOPBACK, int(port)) for port in suggested.values())


def test_many_busy_ports_are_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a whole system seems to run already, free ports are proposed at once."""
    monkeypatch.setattr(ports, "is_free", lambda bind, port: False)
    with pytest.raises(CannotStart) as refusal:
        check(LOOPBACK, {"edge": 5000, "inner": 8081, "outer": 8082})
    text = str(refusal.value)
    assert text.startswith("ports 5000 (edge), 8081 (inner) and 8082 (outer) are in use")
    assert text.endswith("or start with --free-ports")
    assert "--port" not in text


def test_one_busy_port_is_one_line(busy: int) -> None:
    """A single busy port is named in the singular."""
    with pytest.raises(
        CannotStart, match=rf"^port {busy} \(edge\) is in use: stop what uses it or"
    ):
        check(LOOPBACK, {"edge": busy})


def test_suggested_ports_are_not_those_of_others(busy: int) -> None:
    """The port that is suggested is not one that another role wants."""
    with pytest.raises(CannotStart) as refusal:
        check(LOOPBACK, {"edge": busy, "inner": busy + 1})
    assert f"edge={busy + 1}" not in str(refusal.value)


def test_airplay_is_mentioned_where_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS a busy port 5000 comes with the likely culprit."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ports, "is_free", lambda bind, port: port != 5000)
    with pytest.raises(CannotStart, match=r"--port frontend=5001 \(on macOS .* AirPlay Receiver"):
        check(LOOPBACK, {"frontend": 5000})


def test_free_ports_pass() -> None:
    """Free ports are no error."""
    check(LOOPBACK, {"edge": FreePorts(LOOPBACK)(), "inner": 0})


def test_an_address_of_another_machine_is_refused() -> None:
    """Binding to an address that this machine has not names the option."""
    with pytest.raises(CannotStart, match=r"--bind 192\.0\.2\.1: this machine has no such address"):
        check("192.0.2.1", {"edge": 5000})


def test_a_port_that_needs_rights_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port reserved for root says which may be chosen."""

    def refuse(bind: str, port: int) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ports, "listen", refuse)
    with pytest.raises(CannotStart, match=r"port 80 needs more rights .* choose one above 1023"):
        check(LOOPBACK, {"edge": 80})


def test_free_ports_differ_and_stay_clear_of_outgoing_connections() -> None:
    """Free ports are given once each, from below those that outgoing connections take."""
    free_port = FreePorts(LOOPBACK)
    given = [free_port() for _ in range(20)]
    assert len(set(given)) == 20
    assert all(20_000 <= port < 32_768 for port in given)


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no port is free, the line says what to do."""
    monkeypatch.setattr(ports, "is_free", lambda bind, port: False)
    with pytest.raises(CannotStart, match=r"no free port was found .*: name ports with"):
        FreePorts(LOOPBACK)()


def test_launchers_that_start_together_are_given_other_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody listens yet on what either was given, and still they do not meet."""
    given: list[int] = []
    for process in (4711, 4712, 4720):
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        free_port = FreePorts(LOOPBACK)
        given += [free_port() for _ in range(12)]

    assert len(set(given)) == len(given)
