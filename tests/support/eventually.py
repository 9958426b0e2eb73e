"""Waiting for what another task or process is about to do."""

import asyncio
from collections.abc import Callable


async def eventually(holds: Callable[[], object], limit: float = 10.0) -> None:
    """Return as soon as the condition holds. The limit, in seconds, is far above what is expected,
    so that a loaded machine fails no test."""
    async with asyncio.timeout(limit):
        while not holds():  # noqa: ASYNC110 - the condition belongs to others
            await asyncio.sleep(0.005)
