"""Rate plans in a database file: per hotel one text, the plans as JSON arrays in minor units."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.rate.plan import RatePlan

_decoder = msgspec.json.Decoder(list[RatePlan])
# Hotels; some 3 KB each.
_KEPT = 8192

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(plans: Sequence[RatePlan]) -> str:
    """The text that a hotel's plans are kept as; equal plans give equal texts."""
    return _encoder.encode(plans).decode()


@lru_cache(_KEPT)
def decode(text: str) -> Sequence[RatePlan]:
    """The plans of such a text. Plans that are asked for often are kept with what they worked out;
    a text that changed is another one, so that none of them is ever stale."""
    return _decoder.decode(text)


class SqliteRateStore:
    """As RateStore says, from a file that may change meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection of `sqlitefile.open_reading`."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "SqliteRateStore":
        """Open a database file.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(sqlitefile.open_reading(path))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, Sequence[RatePlan]]:
        """As RateStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        found = sqlitefile.fetch_hotels(
            self._connection, "SELECT hotel_id, plans FROM rate", hotel_ids
        )
        return {hotel_id: decode(plans) for hotel_id, plans in found}
