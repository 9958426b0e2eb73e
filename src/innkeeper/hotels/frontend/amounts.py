"""Amounts of money as they stand in JSON."""

from functools import lru_cache

import msgspec

from innkeeper.hotels import money

MAX_KEPT = 10_000


class Amounts(dict[int, bytes]):
    """Minor units of a currency → the decimal number, in quotes. Few differ among thousands.

    `code` is the currency itself, in quotes.
    """

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.code = msgspec.json.encode(currency)
        self._currency = currency

    def __missing__(self, minor: int) -> bytes:
        if len(self) >= MAX_KEPT:
            self.clear()
        encoded = self[minor] = f'"{money.to_decimal(minor, self._currency)}"'.encode()
        return encoded


# More than there are currencies.
@lru_cache(256)
def amounts(currency: str) -> Amounts:
    """The amounts in a currency."""
    return Amounts(currency)
