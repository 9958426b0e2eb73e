"""A TCP relay that lets nobody in for a while, as a server on a busy machine does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress


@asynccontextmanager
async def slow_door(port: int, seconds: float) -> AsyncIterator[int]:
    """The port of a relay to `port` on this machine. A connection opens at once, and passes nothing
    on for its first `seconds`."""
    inside: set[asyncio.Task[None]] = set()

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await asyncio.sleep(seconds)
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            with closing(far_writer):
                await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))

    def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.add(asyncio.create_task(let_in(reader, writer)))

    async with await asyncio.start_server(enter, "127.0.0.1", 0) as server:
        yield int(server.sockets[0].getsockname()[1])
    for task in inside:
        task.cancel()
    await asyncio.gather(*inside, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
