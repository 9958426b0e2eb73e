"""Amounts of money as they stand in JSON."""

from functools import lru_cache

import msgspec

from innkeeper.hotels import money
from innkeeper.hotels.memo import Memo

MAX_KEPT = 10_000


class Amounts(Memo[int, bytes]):
    """Minor units of a currency → the decimal number, in quotes. Few differ among thousands.

    `code` is the currency itself, in quotes.
    """

    def __init__(self, currency: str) -> None:
        super().__init__(lambda minor: f'"{money.to_decimal(minor, currency)}"'.encode(), MAX_KEPT)
        self.code = msgspec.json.encode(currency)


# More than there are currencies.
@lru_cache(256)
def amounts(currency: str) -> Amounts:
    """The amounts in a currency."""
    return Amounts(currency)
