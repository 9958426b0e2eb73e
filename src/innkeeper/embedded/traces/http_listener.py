"""Serves an application over HTTP, and takes clients that speak it badly for granted."""

import errno
import logging
from contextlib import AsyncExitStack

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

_STOP_SECONDS = 1.0
_LONGEST_LINE = 1_048_576
"""Bytes of an address or a header: Go's limit for all of them, so Jaeger's."""

_LOG = logging.getLogger("aiohttp.server.traces")


async def listen(
    stack: AsyncExitStack, application: web.Application, bind: str, port: int, purpose: str
) -> int:
    """Serve until the stack closes; answers the port.

    Raises:
        OSError: the port is taken, or `bind` is no address of this machine; it names both.
    """
    runner = web.AppRunner(
        application,
        access_log=None,
        auto_decompress=False,
        shutdown_timeout=_STOP_SECONDS,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        logger=_LOG,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, bind, port).start()
    except OSError as error:
        host = f"[{bind}]" if ":" in bind else bind
        code = error.errno or errno.EADDRINUSE
        raise OSError(code, f"cannot listen on {host}:{port} for {purpose}") from error
    address = runner.addresses[0]
    return int(address[1])


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a record tells of more than a request that was no HTTP, which its sender was told."""
    fault = record.exc_info[1] if record.exc_info else None
    return not isinstance(fault, HttpProcessingError)


_LOG.addFilter(_is_ours)
