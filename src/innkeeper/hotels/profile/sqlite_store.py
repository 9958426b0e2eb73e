"""Hotels in a database file: per hotel its record of `profile.json`, name and rating beside it."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from innkeeper.hotels import sqlitefile
from innkeeper.hotels.profile.hotel import Address, Hotel, Image
from innkeeper.hotels.profile.records import HotelRecord
from innkeeper.hotels.profile.texts import Texts

# Hotels; some 4 KB each.
_KEPT = 8192

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(record: HotelRecord) -> str:
    """The text that a hotel is kept as; equal records give equal texts."""
    return _encoder.encode(record).decode()


@lru_cache(_KEPT)
def decode(text: str) -> Hotel:
    """The hotel of such a text, which was checked when it was written. Those that are asked for
    often are kept; a text that changed is another one, so that none of them is ever stale."""
    record: dict[str, Any] = msgspec.json.decode(text)
    default = record["default_locale"]
    return Hotel(
        hotel_id=record["hotel_id"],
        name=record["name"],
        phone_number=record["phone_number"],
        address=Address(**record["address"]),
        description=Texts(record["description"], default),
        images=tuple(
            Image(image["url"], Texts(image["alt"], default)) for image in record["images"]
        ),
        rating=record["rating"],
    )


class SqliteProfileStore:
    """As ProfileStore says, from a file that may change meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection of `sqlitefile.open_reading`."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "SqliteProfileStore":
        """Open a database file.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(sqlitefile.open_reading(path))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """As ProfileStore says.

        Raises:
            Unavailable: the file cannot be read now.
        """
        found = sqlitefile.fetch_hotels(
            self._connection, "SELECT hotel_id, record FROM profile", hotel_ids
        )
        return {hotel_id: decode(record) for hotel_id, record in found}
