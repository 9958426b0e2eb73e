"""Addresses as those who connect write them."""

import pytest

from innkeeper.launcher.addresses import clickable, is_address, join, reachable


@pytest.mark.parametrize(
    ("bind", "programs", "people"),
    [
        ("127.0.0.1", "127.0.0.1", "localhost"),
        ("localhost", "localhost", "localhost"),
        ("0.0.0.0", "127.0.0.1", "localhost"),
        ("::", "::1", "localhost"),
        ("10.0.0.5", "10.0.0.5", "10.0.0.5"),
        ("fe80::1", "fe80::1", "fe80::1"),
    ],
)
def test_listeners_are_reached_at(bind: str, programs: str, people: str) -> None:
    """A wildcard is reached on loopback, which people know as localhost; others as they are."""
    assert reachable(bind) == programs
    assert clickable(bind) == people


def test_ipv6_addresses_are_bracketed() -> None:
    """An IPv6 address is told from its port by brackets."""
    assert join("::1", 80) == "[::1]:80"
    assert join("127.0.0.1", 80) == "127.0.0.1:80"


def test_names_are_no_addresses() -> None:
    """Only IP addresses and localhost can be bound."""
    assert is_address("10.0.0.5")
    assert is_address("localhost")
    assert not is_address("example.org")
    assert not is_address("")
