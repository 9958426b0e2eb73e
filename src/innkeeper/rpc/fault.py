"""What is made to go wrong with calls on purpose, to see what callers make of it."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from innkeeper import errors


class Fault:
    """Delays every call, and fails a share of them with UNAVAILABLE before they are carried out.

    Which calls fail depends on their order and on the seed alone.
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        error_share: float = 0.0,
        seed: object = 0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`latency` in seconds; `error_share` is from 0 to 1."""
        self._latency = latency
        self._error_share = error_share
        # A string seeds alike in every process, where hash() does not.
        self._random = Random(str(seed))
        self._sleep = sleep

    async def __call__(self) -> None:
        """Do to one call what is to be done.

        Raises:
            errors.Unavailable: it is one of those that fail.
        """
        # Drawn before the wait, in the order in which calls come.
        fails = self._random.random() < self._error_share
        if self._latency:
            await self._sleep(self._latency)
        if fails:
            raise errors.Unavailable("failed on purpose, as a fault was asked for")
