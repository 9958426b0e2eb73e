"""The embedded registry and collector as roles of a process."""

import pytest

from innkeeper.host.infrastructure import reachable


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
