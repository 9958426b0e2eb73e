"""A hotel on its way into a catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord
from innkeeper.hotels.rate.plan import RatePlan


class Entry(NamedTuple):
    """What is to be known about a hotel; what is None stays as it is in the catalogue."""

    hotel_id: str
    place: Place | None
    plans: Sequence[RatePlan] | None
    profile: HotelRecord | None


@dataclass
class Changes:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.new + other.new, self.changed + other.changed, self.same + other.same)


class Writer(Protocol):
    """A catalogue that is being written. Used as a context manager: what it was given is there for
    readers when the block ends, all of it, and nothing of it when the block is left by an error."""

    def put(self, entries: Sequence[Entry]) -> Changes:
        """Take hotels of different ids, in the place of those that have these ids already."""

    def unbookable(self) -> int:
        """How many hotels have a place and no plans, those taken so far among them."""
