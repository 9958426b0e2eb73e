"""The geo service in Go (`tests/go/geo`) as a child process, registered by the test."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

DATA = Path(__file__).resolve().parents[2] / "data" / "geo.json"


@contextmanager
def go_geo(registry: str) -> Iterator[str]:
    """Run it until the block ends, which gets its host:port; it is registered with a check.

    Raises:
        FileNotFoundError: it is not built.
    """
    binary = shutil.which("go-geo")
    if binary is None:
        raise FileNotFoundError("no go-geo on PATH: run `make go-geo`")
    process = subprocess.Popen([binary, str(DATA)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with process.stdout:
            address = process.stdout.readline().strip()
        register(registry, address)
        yield address
    finally:
        process.kill()
        process.wait()


def register(registry: str, address: str) -> None:
    """Do what a service of any language does to be found."""
    host, _, port = address.rpartition(":")
    service = {
        "ID": "go-geo-1",
        "Name": "geo",
        "Address": host,
        "Port": int(port),
        "Check": {"GRPC": address, "Interval": "1s", "Status": "passing"},
    }
    answer = httpx.put(f"{registry}/v1/agent/service/register", json=service, trust_env=False)
    answer.raise_for_status()
