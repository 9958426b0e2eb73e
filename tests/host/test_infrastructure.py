"""The embedded registry and collector as roles of a process."""

import resource
from pathlib import Path

import pytest

from innkeeper.host.infrastructure import allow_many_connections, reachable, state_file
from innkeeper.host.options import ServeOptions
from innkeeper.settings import Settings


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://0.0.0.0:8500", "http://127.0.0.1:8500"),
        ("http://[::]:8500", "http://[::1]:8500"),
        ("http://127.0.0.1:8500", "http://127.0.0.1:8500"),
        ("http://10.0.0.5:8500", "http://10.0.0.5:8500"),
    ],
)
def test_a_process_finds_its_own_registry(url: str, found: str) -> None:
    """One that listens on all interfaces is asked over loopback, any other where it listens."""
    assert reachable(url) == found


def test_watchers_may_be_many() -> None:
    """The registry takes as many connections as the process may have files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] - 1, before[1]))
        allow_many_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("options", "settings", "file"),
    [
        ({}, {}, "/state/registry-127.0.0.1-8500.json"),
        ({"ports": {"registry": 9500}}, {}, "/state/registry-127.0.0.1-9500.json"),
        ({"bind": "::1"}, {}, "/state/registry-__1-8500.json"),
        ({"ports": {"registry": 0}}, {}, None),
        ({}, {"registry_file": "none"}, None),
        ({}, {"state_dir": None}, None),
        ({"ports": {"registry": 0}}, {"registry_file": "/mine.json"}, "/mine.json"),
    ],
)
def test_where_the_registry_keeps_things(
    options: dict[str, object], settings: dict[str, object], file: str | None
) -> None:
    """Each address has a file of its own; a port that nobody chose, and a user without a home,
    has none."""
    found = state_file(
        ServeOptions(("registry",), **options),  # type: ignore[arg-type]
        Settings(**{"state_dir": Path("/state"), **settings}),  # type: ignore[arg-type]
    )
    assert found == (None if file is None else Path(file))
