"""What Profile needs to know about hotels, and the flat file that knows it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from innkeeper.hotels import flatfile
from innkeeper.hotels.profile.finding import find
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.index import MemoryIndex
from innkeeper.hotels.profile.matching import Candidate, Match
from innkeeper.hotels.profile.records import HotelRecord


class ProfileStore(Protocol):
    """Where Profile keeps hotels."""

    async def hotels(self, hotel_ids: Sequence[str]) -> Mapping[str, Hotel]:
        """Those of the hotels that are known, by id, in any order."""

    async def find(
        self, q: str, min_rating: float, hotel_ids: Sequence[str] | None, limit: int
    ) -> Sequence[Match]:
        """At most `limit` hotels whose name and city match the words of `q` and that are rated at
        least so well, the best first, then by id; among `hotel_ids` only where they are given.

        Without words all match, in the order of `hotel_ids` or else by id. Unrated hotels are
        rated 0. What matches, and how well, is told in `matching.py`.
        """


class JsonProfileStore:
    """Hotels in memory."""

    def __init__(self, hotels: Iterable[Hotel]) -> None:
        self._hotels = {hotel.hotel_id: hotel for hotel in hotels}
        self._index = MemoryIndex(
            Candidate(hotel.hotel_id, hotel.name, hotel.address.city, hotel.rating)
            for hotel in self._hotels.values()
        )

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

    async def find(
        self, q: str, min_rating: float, hotel_ids: Sequence[str] | None, limit: int
    ) -> Sequence[Match]:
        """As ProfileStore says."""
        return await find(self._index, q, min_rating, hotel_ids, limit)
