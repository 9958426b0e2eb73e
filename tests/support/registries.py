"""Registries that a test may stop, start and so empty: the one that comes along, and Consul."""

import asyncio
import socket
import tempfile
from typing import IO, Protocol

import aiohttp

from innkeeper.embedded.registry import RegistryServer
from tests.support.consul import consul_binary

START_LIMIT = 30.0


class Registry(Protocol):
    """A registry without lasting memory. Keeps its address over a restart."""

    url: str

    async def start(self) -> None:
        """Come up, empty."""

    async def stop(self) -> None:
        """Go away, and with it what was registered. Stopping twice is fine."""


class EmbeddedRegistry:
    """The registry that comes along, in this process."""

    def __init__(self) -> None:
        self.url = ""
        self._port = 0
        self._server: RegistryServer | None = None

    async def start(self) -> None:
        self._server = await RegistryServer("127.0.0.1", self._port).__aenter__()
        self.url = self._server.url
        self._port = int(self.url.rpartition(":")[2])

    async def stop(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            await server.__aexit__(None, None, None)


class RealConsul:
    """A Consul agent in dev mode, as a child process."""

    def __init__(self) -> None:
        self._ports = dict(zip(("http", "server", "serf-lan", "serf-wan"), _free(4), strict=True))
        self.url = f"http://127.0.0.1:{self._ports['http']}"
        self._process: asyncio.subprocess.Process | None = None
        self._output: IO[bytes] | None = None

    async def start(self) -> None:
        """Come up, with a leader and the agent itself in the catalog.

        Raises:
            FileNotFoundError: there is no binary; a test marked `real` fails then.
            RuntimeError: the agent ended or had no leader in time; the text is its output.
        """
        ports = [f"-{name}-port={port}" for name, port in self._ports.items()]
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - open until `stop`
        self._process = await asyncio.create_subprocess_exec(
            consul_binary(),
            *("agent", "-dev", "-bind=127.0.0.1", *ports, "-dns-port=-1", "-grpc-port=-1"),
            *("-grpc-tls-port=-1", "-hcl=disable_update_check = true"),
            stdout=self._output,
            stderr=self._output,
        )
        try:
            async with asyncio.timeout(START_LIMIT):
                while self._process.returncode is None and not await self._is_up():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            await self._fail("had no leader in time")
        if self._process.returncode is not None:
            await self._fail("ended")

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            # Killed, as leaving its cluster in peace takes seconds and saves nothing.
            process.kill()
            await process.wait()
        if self._output is not None:
            self._output.close()
            self._output = None

    async def _is_up(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession(self.url) as session,
                session.get("/v1/catalog/nodes") as nodes,
            ):
                return nodes.status == 200 and bool(await nodes.json())
        except aiohttp.ClientError:
            return False

    async def _fail(self, how: str) -> None:
        assert self._output is not None
        self._output.seek(0)
        text = self._output.read().decode(errors="replace")
        await self.stop()
        raise RuntimeError(f"consul {how}:\n{text[-4000:]}")


def _free(count: int) -> list[int]:
    """Ports that nobody listens on, neither for streams nor for datagrams."""
    probes: list[socket.socket] = []
    ports: list[int] = []
    while len(ports) < count:
        stream = socket.socket()
        stream.bind(("127.0.0.1", 0))
        datagram = socket.socket(type=socket.SOCK_DGRAM)
        probes += [stream, datagram]
        port = stream.getsockname()[1]
        try:
            datagram.bind(("127.0.0.1", port))
        except OSError:
            continue
        ports.append(port)
    for probe in probes:
        probe.close()
    return ports
