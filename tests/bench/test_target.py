"""Who may be loaded."""

import socket

import pytest

from innkeeper.bench import target
from innkeeper.bench.target import find
from innkeeper.errors import CannotStart

from .conftest import FakeSearch


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://", "not an http or https URL"),
        ("ftp://localhost:5000", "not an http or https URL"),
        ("http://localhost:99999", "not a URL"),
        ("http://[::1", "not a URL"),
        ("http://localhost:5000/hotels", "ends before"),
        ("http://localhost:5000/?inDate=1", "more than a base URL"),
        ("http://somebody@localhost:5000", "more than a base URL"),
        ("http://198.51.100.7:5000", "--remote"),
        ("http://0.0.0.0:5000", "--remote"),
    ],
)
def test_refused(url: str, said: str) -> None:
    """What is no base URL on this machine is refused, saying what is wrong."""
    with pytest.raises(CannotStart, match=said):
        find(url)


def test_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody knows is named."""

    def unknown(*arguments: object, **options: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(target.socket, "getaddrinfo", unknown)
    with pytest.raises(CannotStart, match=r"name hotels\.test is not known"):
        find("http://hotels.test")


def test_partly_remote(monkeypatch: pytest.MonkeyPatch, search: FakeSearch) -> None:
    """A name with one address elsewhere counts as another machine."""

    monkeypatch.setattr(target, "_addresses", lambda *name: list(("127.0.0.1", "198.51.100.7")))
    with pytest.raises(CannotStart, match="--remote"):
        find(search.url)
    assert find(search.url, remote=True).local


def test_nobody_listens() -> None:
    """An address where nobody listens says how to start somebody."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(CannotStart, match="innkeeper up"):
            find(f"http://127.0.0.1:{free.getsockname()[1]}")


def test_found(search: FakeSearch) -> None:
    """A base URL may leave out the scheme, end in a slash, and have a path."""
    found = find(f"127.0.0.1:{search.port}/api/")
    assert (found.host, found.port, found.path) == (f"127.0.0.1:{search.port}", search.port, "/api")
    assert found.url == f"http://127.0.0.1:{search.port}/api"
    assert found.tls is None
    assert found.local


def test_other_address_of_a_name(monkeypatch: pytest.MonkeyPatch, search: FakeSearch) -> None:
    """A name with an address where nobody listens is met at the other."""

    monkeypatch.setattr(target, "_addresses", lambda *name: list(("127.0.0.9", "127.0.0.1")))
    assert find(search.url).address == "127.0.0.1"
