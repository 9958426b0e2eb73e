"""A real Consul 1.21 as a child process, for the tests marked `real`."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp


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
    http, serf, server = _free_ports(3)
    ports = (
        f"ports {{ http = {http} serf_lan = {serf} server = {server}"
        " grpc = -1 grpc_tls = -1 dns = -1 serf_wan = -1 }"
    )
    process = await asyncio.create_subprocess_exec(
        binary,
        *("agent", "-dev", "-bind", "127.0.0.1", "-log-level", "error"),
        *("-hcl", "disable_update_check = true", "-hcl", ports),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    output = bytearray()
    reading = asyncio.create_task(_collect(process.stdout, output))
    url = f"http://127.0.0.1:{http}"
    try:
        await _leads(process, url, output)
        yield RunningConsul(url, binary)
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


async def _leads(process: asyncio.subprocess.Process, url: str, output: bytearray) -> None:
    """Wait until the agent knows a leader and lists itself."""
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            if process.returncode is not None:
                break
            try:
                async with session.get(f"{url}/v1/health/node/{socket.gethostname()}") as response:
                    if response.status == 200 and await response.json():
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"Consul did not start: {output.decode(errors='replace')}")
