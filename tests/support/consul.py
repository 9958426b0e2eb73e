"""A real Consul 1.21 as a child process, for the tests marked `real`."""

import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.child import child, free_ports


@dataclass(frozen=True)
class RunningConsul:
    """One agent in development mode, a server of its own."""

    url: str
    binary: str


def consul_binary() -> str:
    """The binary named by INNKEEPER_CONSUL_BIN, or `consul` on PATH.

    Raises:
        FileNotFoundError: neither is there; a test marked `real` fails then, it does not skip.
    """
    binary = os.environ.get("INNKEEPER_CONSUL_BIN") or shutil.which("consul")
    if not binary:
        raise FileNotFoundError(
            "no consul on PATH: run `make backends`, or set INNKEEPER_CONSUL_BIN"
        )
    return binary


@asynccontextmanager
async def running_consul() -> AsyncIterator[RunningConsul]:
    """Run an agent on free loopback ports until the block ends.

    Raises:
        FileNotFoundError: the binary is missing.
        RuntimeError: it ended or elected no leader within 30 seconds; the text holds its output.
    """
    binary = consul_binary()
    http, serf, server = free_ports(3)
    ports = (
        f"ports {{ http = {http} serf_lan = {serf} server = {server}"
        " grpc = -1 grpc_tls = -1 dns = -1 serf_wan = -1 }"
    )
    url = f"http://127.0.0.1:{http}"
    async with child(
        "Consul",
        *(binary, "agent", "-dev", "-bind", "127.0.0.1", "-log-level", "error"),
        *("-hcl", "disable_update_check = true", "-hcl", ports),
        # Answers when the agent knows a leader; not empty when it lists itself.
        url=f"{url}/v1/health/node/{socket.gethostname()}",
        ready=lambda response: response.json(),
    ):
        yield RunningConsul(url, binary)
