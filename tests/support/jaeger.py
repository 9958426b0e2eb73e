"""A real Jaeger 1.76 as a child process, for the tests marked `real`."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.child import child, free_ports

_PORTS = {
    "http": "--query.http-server.host-port",
    "otlp_grpc": "--collector.otlp.grpc.host-port",
    "otlp_http": "--collector.otlp.http.host-port",
    "query_grpc": "--query.grpc-server.host-port",
    "admin": "--admin.http.host-port",
    "collector_grpc": "--collector.grpc-server.host-port",
    "collector_http": "--collector.http-server.host-port",
}


@dataclass(frozen=True)
class Jaeger:
    """Where one running Jaeger listens."""

    url: str
    otlp_grpc: str
    otlp_http: str


def jaeger_binary() -> str:
    """The binary named by INNKEEPER_JAEGER_BIN, or `jaeger-all-in-one` on PATH.

    Raises:
        FileNotFoundError: neither is there; a test marked `real` fails then, it does not skip.
    """
    binary = os.environ.get("INNKEEPER_JAEGER_BIN") or shutil.which("jaeger-all-in-one")
    if not binary:
        raise FileNotFoundError(
            "no jaeger-all-in-one on PATH: run `make backends`, or set INNKEEPER_JAEGER_BIN"
        )
    return binary


@asynccontextmanager
async def running_jaeger() -> AsyncIterator[Jaeger]:
    """Run Jaeger on free loopback ports until the block ends.

    Raises:
        FileNotFoundError: the binary is missing.
        RuntimeError: it ended or did not answer within 30 seconds; the text holds its output.
    """
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    async with child(
        "Jaeger",
        jaeger_binary(),
        "--collector.otlp.enabled=true",
        *(f"{_PORTS[name]}=127.0.0.1:{port}" for name, port in ports.items()),
        # The health check of all its parts.
        url=f"http://127.0.0.1:{ports['admin']}/",
        ready=_at_once,
        env={**os.environ, "SPAN_STORAGE_TYPE": "memory"},
    ):
        yield Jaeger(
            url=f"http://127.0.0.1:{ports['http']}",
            otlp_grpc=f"127.0.0.1:{ports['otlp_grpc']}",
            otlp_http=f"http://127.0.0.1:{ports['otlp_http']}",
        )


async def _at_once(response: object) -> bool:
    return True
