"""Real backends as child processes: free ports for them, their output, and their end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import aiohttp


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; held together, so that they differ."""
    holders = [socket.socket() for _ in range(count)]
    try:
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        return [holder.getsockname()[1] for holder in holders]
    finally:
        for holder in holders:
            holder.close()


@asynccontextmanager
async def child(
    name: str,
    *command: str,
    url: str,
    ready: Callable[[aiohttp.ClientResponse], Awaitable[object]],
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[None]:
    """Run a program until the block ends; the block starts when it is ready.

    Args:
        name: what messages call it.
        url: is asked again and again until `ready` says of an answer that it will do.

    Raises:
        RuntimeError: it ended or was not ready within 30 seconds; the text holds its output.
    """
    process = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    output = bytearray()
    reading = asyncio.create_task(_collect(process.stdout, output))
    try:
        if not await _is_ready(process, url, ready):
            raise RuntimeError(f"{name} did not start: {output.decode(errors='replace')}")
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def _collect(stream: asyncio.StreamReader, output: bytearray) -> None:
    """Read without end, so that the child never blocks on a full pipe; keep the newest part."""
    while chunk := await stream.read(65536):
        output += chunk
        del output[:-20_000]


async def _is_ready(
    process: asyncio.subprocess.Process,
    url: str,
    ready: Callable[[aiohttp.ClientResponse], Awaitable[object]],
) -> bool:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            if process.returncode is not None:
                break
            try:
                async with session.get(url) as response:
                    if response.status == 200 and await ready(response):
                        return True
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    return False
