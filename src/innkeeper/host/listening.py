"""Entering what listens on a port, and saying it well when the port cannot be had."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from innkeeper.errors import CannotStart


@asynccontextmanager
async def listening(server: AbstractAsyncContextManager[object], role: str) -> AsyncIterator[None]:
    """Enter a server's context.

    Raises:
        CannotStart: its port is in use or not allowed; the text says which and what to do.
    """
    try:
        await server.__aenter__()
    except OSError as error:
        raise cannot_listen(role, error) from error
    try:
        yield
    finally:
        await server.__aexit__(None, None, None)


def cannot_listen(role: str, error: OSError) -> CannotStart:
    """The one line for a listener that cannot be had."""
    return CannotStart(
        f"{role} cannot listen: {error.strerror or error}."
        f" Stop what uses the port, or choose another with --port {role}=PORT"
    )
