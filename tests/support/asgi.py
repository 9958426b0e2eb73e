"""What ASGI applications of tests have in common."""

from typing import Any


async def lifespan(receive: Any, send: Any) -> None:
    """Start and stop when the server says so."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
