"""A real Jaeger 1.76 as a child process, for the tests marked `real`."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

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
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    process = await asyncio.create_subprocess_exec(
        jaeger_binary(),
        "--collector.otlp.enabled=true",
        *(f"{_PORTS[name]}=127.0.0.1:{port}" for name, port in ports.items()),
        env={**os.environ, "SPAN_STORAGE_TYPE": "memory"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    output = bytearray()
    reading = asyncio.create_task(_collect(process.stderr, output))
    try:
        await _answers(process, f"http://127.0.0.1:{ports['admin']}/", output)
        yield Jaeger(
            url=f"http://127.0.0.1:{ports['http']}",
            otlp_grpc=f"127.0.0.1:{ports['otlp_grpc']}",
            otlp_http=f"http://127.0.0.1:{ports['otlp_http']}",
        )
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; held together, so that they differ."""
    holders = [socket.socket() for _ in range(count)]
    try:
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        return [holder.getsockname()[1] for holder in holders]
    finally:
        for holder in holders:
            holder.close()


async def _collect(stream: asyncio.StreamReader, output: bytearray) -> None:
    """Read without end, so that the child never blocks on a full pipe; keep the newest part."""
    while chunk := await stream.read(65536):
        output += chunk
        del output[:-20_000]


async def _answers(process: asyncio.subprocess.Process, admin: str, output: bytearray) -> None:
    """Wait until the health check of all parts says 200."""
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            if process.returncode is not None:
                break
            try:
                async with session.get(admin) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"Jaeger did not start: {output.decode(errors='replace')}")
