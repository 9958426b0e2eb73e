"""What Profile needs to know about hotels, and the flat file that knows it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from innkeeper.hotels import flatfile
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.records import HotelRecord


class ProfileStore(Protocol):
    """Where Profile keeps hotels."""

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """Those of the hotels that are known, by id, in any order."""


class JsonProfileStore:
    """Hotels in memory."""

    def __init__(self, hotels: Iterable[Hotel]) -> None:
        self._hotels = {hotel.hotel_id: hotel for hotel in hotels}

    @classmethod
    def load(cls, path: Path) -> "JsonProfileStore":
        """Read `profile.json`.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        return cls(record.hotel() for record in flatfile.load(path, HotelRecord))

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """As ProfileStore says."""
        return {
            hotel_id: hotel
            for hotel_id in hotel_ids
            if (hotel := self._hotels.get(hotel_id)) is not None
        }
