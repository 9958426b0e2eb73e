"""What Rate needs to know about plans, and the flat file that knows it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from innkeeper.hotels import flatfile
from innkeeper.hotels.rate.calendar import HotelPlans
from innkeeper.hotels.rate.plan import RatePlan
from innkeeper.hotels.rate.records import HotelRecord


class RateStore(Protocol):
    """Where Rate keeps plans."""

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, HotelPlans]:
        """The plans of those of the hotels that have any, each once, in the order asked for."""


class JsonRateStore:
    """Plans in memory."""

    def __init__(self, plans: Mapping[str, Sequence[RatePlan]]) -> None:
        self._plans = {hotel_id: HotelPlans(of_hotel) for hotel_id, of_hotel in plans.items()}

    @classmethod
    def load(cls, path: Path) -> "JsonRateStore":
        """Read `rate.json`.

        Raises:
            CannotStart: the file cannot be used; the text says why.
        """
        hotels = flatfile.load(path, HotelRecord)
        return cls({hotel.hotel_id: [plan.plan() for plan in hotel.plans] for hotel in hotels})

    async def plans(self, hotel_ids: Sequence[str]) -> Mapping[str, HotelPlans]:
        """As RateStore says."""
        plans = self._plans
        return {hotel_id: plans[hotel_id] for hotel_id in hotel_ids if hotel_id in plans}
